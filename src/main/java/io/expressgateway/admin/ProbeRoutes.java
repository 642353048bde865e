package io.expressgateway.admin;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * The probes: 200 {@code ok}, or 503 with a JSON list of reasons. Never behind a token, and
 * independent of endpoints: a gateway whose endpoints are down still has 503s to give.
 */
final class ProbeRoutes {

  /** Paths that never need a token. */
  static final Set<String> PATHS = Set.of("/livez", "/readyz", "/startupz", "/healthz");

  private ProbeRoutes() {}

  static RouterFunction<ServerResponse> of(Readiness readiness) {
    return RouterFunctions.route()
        .GET("/livez", request -> answer(List::of))
        .GET("/startupz", request -> answer(readiness::notStarted))
        .GET("/readyz", request -> answer(readiness::notReady))
        .GET("/healthz", request -> answer(readiness::notReady))
        .build();
  }

  private static Mono<ServerResponse> answer(Supplier<List<String>> reasons) {
    List<String> found = reasons.get();
    if (found.isEmpty()) {
      return ServerResponse.ok().contentType(MediaType.TEXT_PLAIN).bodyValue("ok");
    }
    return ServerResponse.status(HttpStatus.SERVICE_UNAVAILABLE)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(found);
  }
}
