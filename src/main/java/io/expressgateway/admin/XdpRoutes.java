package io.expressgateway.admin;

import io.expressgateway.config.Problem;
import io.expressgateway.xdp.PacketAnswer;
import io.expressgateway.xdp.PacketQuestion;
import io.expressgateway.xdp.XdpStatus;
import io.expressgateway.xdp.layout.Reason;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** {@code /api/v1/xdp}: what the kernel forwards, and what would become of a packet. */
final class XdpRoutes {

  private final PacketForwarding forwarding;

  private XdpRoutes(PacketForwarding forwarding) {
    this.forwarding = forwarding;
  }

  static RouterFunction<ServerResponse> of(PacketForwarding forwarding) {
    XdpRoutes xdp = new XdpRoutes(forwarding);
    return RouterFunctions.route()
        .GET("/api/v1/xdp", request -> offTheLoop(() -> StatusView.of(forwarding.status())))
        .POST("/api/v1/xdp/explain", xdp::explain)
        .build();
  }

  /** The packet path answers from a thread of its own, which an event loop must not wait for. */
  private static Mono<ServerResponse> offTheLoop(Callable<Object> view) {
    return Mono.fromCallable(view).subscribeOn(Schedulers.boundedElastic()).flatMap(Answers::json);
  }

  private Mono<ServerResponse> explain(ServerRequest request) {
    return request
        .bodyToMono(ExplainBody.class)
        .switchIfEmpty(Mono.just(ExplainBody.EMPTY))
        .flatMap(body -> {
          List<Problem> problems = new ArrayList<>();
          PacketQuestion question = body.read(problems);
          if (question == null) {
            return Answers.problem(
                HttpStatus.UNPROCESSABLE_CONTENT, "this describes no packet", problems);
          }
          return Mono.fromCallable(() -> forwarding.explain(question))
              .subscribeOn(Schedulers.boundedElastic())
              .flatMap(answer ->
                  answer
                      .map(found -> Answers.json(ExplainView.of(found, question)))
                      .orElseGet(this::inactive));
        });
  }

  private Mono<ServerResponse> inactive() {
    return Answers.problem(
        HttpStatus.CONFLICT,
        "no packet is forwarded in the kernel",
        new Problem("xdp", "", forwarding.status().reason(), "GET /api/v1/xdp says more"));
  }

  /** The JSON body: component names are the public contract. */
  record StatusView(
      boolean active,
      String reason,
      boolean inherited,
      List<XdpStatus.InterfaceStatus> interfaces,
      List<XdpStatus.VipStatus> vips,
      XdpStatus.Flows flows,
      Map<String, Long> reasons) {

    static StatusView of(XdpStatus status) {
      Map<String, Long> reasons = new TreeMap<>();
      status.reasons().forEach((reason, count) -> reasons.put(reason.text(), count));
      return new StatusView(
          status.active(),
          status.reason(),
          status.inherited(),
          status.interfaces(),
          status.vips(),
          status.flows(),
          reasons);
    }
  }

  /** The JSON body: component names are the public contract. */
  record ExplainView(String verdict, String reason, @Nullable String destination, String packet) {

    static ExplainView of(PacketAnswer answer, PacketQuestion question) {
      Reason reason = answer.reason();
      var destination = answer.destination();
      return new ExplainView(
          answer.verdict(),
          reason == null ? "unknown" : reason.text(),
          destination == null || destination.equals(question.destination())
              ? null
              : destination.getHostAddress(),
          HexFormat.of().formatHex(answer.packet()));
    }
  }
}
