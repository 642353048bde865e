package io.expressgateway.http.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.filter.FilterExchange;
import io.expressgateway.filter.FilterRegistry;
import io.expressgateway.filter.HttpFilter;
import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.fault.RawClient;
import io.expressgateway.http.fault.RawClient.Response;
import io.expressgateway.http.grpc.GrpcEndpoint.Call;
import io.expressgateway.http.grpc.GrpcEndpoint.Script;
import io.expressgateway.message.HeaderBlock;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** grpc-web clients over HTTP/1.1, which know no trailers, and a gRPC endpoint. */
class GrpcWebWireTest {

  private static final String HI = "\0\0\0\0\2hi";
  private static final String TRAILERS = "x-trailer: last\r\ngrpc-status: 0\r\n";

  private static Gateway.Builder gateway(int port, String... filters) {
    return Gateway.builder()
        .protocol(ClusterSpec.Protocol.HTTP2)
        .endpoints(port)
        .route(
            "web",
            List.of(),
            java.util.Arrays.stream(filters).map(Gateway::shortcut).toList(),
            Map.of());
  }

  private static Response post(Gateway gateway, String type, String body, String... headers)
      throws Exception {
    try (RawClient client = new RawClient(gateway.port())) {
      String[] all = java.util.Arrays.copyOf(headers, headers.length + 2);
      all[headers.length] = "Content-Type: " + type;
      all[headers.length + 1] = "Content-Length: " + body.length();
      client.send(RawClient.head("POST", "/s/m", all) + body);
      return client.read(false);
    }
  }

  private static String frame(String trailers) {
    return "\u0080\0\0\0" + (char) trailers.length() + trailers;
  }

  /** Each piece is padded by itself. */
  private static String decoded(String text) {
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; i < text.length(); i += 4) {
      bytes.append(
          new String(
              Base64.getDecoder().decode(text.substring(i, i + 4)), StandardCharsets.ISO_8859_1));
    }
    return bytes.toString();
  }

  @Test
  void theTrailersAreTheLastFrameOfTheBody() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.ECHO);
        Gateway gateway = gateway(endpoint.port(), "GrpcWeb").start()) {
      Response answer = post(gateway, "application/grpc-web+proto", HI);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("content-type")).startsWith("application/grpc-web");
      assertThat(answer.complete()).isTrue();
      assertThat(answer.body()).isEqualTo(HI + frame(TRAILERS));
      Call call = endpoint.calls.getFirst();
      assertThat(call.header("content-type")).isEqualTo("application/grpc+proto");
    }
  }

  @Test
  void textIsBase64InBothDirections() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.ECHO);
        Gateway gateway = gateway(endpoint.port(), "GrpcWeb").start()) {
      // Two pieces, each padded.
      Response answer =
          post(gateway, "application/grpc-web-text", base64(HI) + base64("\0\0\0\0\1!"));
      assertThat(answer.header("content-type")).startsWith("application/grpc-web-text");
      assertThat(decoded(answer.body())).isEqualTo(HI + "\0\0\0\0\1!" + frame(TRAILERS));
    }
  }

  private static String base64(String bytes) {
    return Base64.getEncoder().encodeToString(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void acceptDecidesTheFormOfTheResponse() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.ECHO);
        Gateway gateway = gateway(endpoint.port(), "GrpcWeb").start()) {
      Response text =
          post(gateway, "application/grpc-web", HI, "Accept: application/grpc-web-text");
      assertThat(decoded(text.body())).isEqualTo(HI + frame(TRAILERS));
      Response binary =
          post(
              gateway,
              "application/grpc-web-text",
              base64(HI),
              "Accept: application/grpc-web+proto");
      assertThat(binary.body()).isEqualTo(HI + frame(TRAILERS));
    }
  }

  @Test
  void aStatusWithoutAResponseStaysInTheHead() throws Exception {
    Script refusing =
        new Script() {
          @Override
          public void onEnd(Call call) {
            call.end(Status.ABORTED.withDescription("no"));
          }
        };
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(refusing);
        Gateway gateway = gateway(endpoint.port(), "GrpcWeb").start()) {
      Response answer = post(gateway, "application/grpc-web", HI);
      assertThat(answer.header("content-type")).isEqualTo("application/grpc-web");
      assertThat(answer.header("grpc-status")).isEqualTo("10");
      assertThat(answer.body()).isEmpty();
    }
  }

  @Test
  void failuresOfTheGatewayAreInTheFormOfGrpcWeb() throws Exception {
    try (Gateway gateway = gateway(1, "GrpcWeb").start()) {
      Response answer = post(gateway, "application/grpc-web-text+proto", base64(HI));
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("content-type")).isEqualTo("application/grpc-web-text");
      assertThat(answer.header("grpc-status")).isEqualTo("14");
      assertThat(answer.header("grpc-message")).startsWith("connect-failed: ");
    }
  }

  @Test
  void whatIsNotBase64IsRefused() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.ECHO);
        Gateway gateway = gateway(endpoint.port(), "GrpcWeb").start()) {
      for (String body : List.of("A*AA", "AAAAA")) {
        Response answer = post(gateway, "application/grpc-web-text", body);
        assertThat(answer.header("grpc-status")).as(body).isEqualTo("13");
        assertThat(answer.header("grpc-message")).isEqualTo("bad-grpc-web");
      }
    }
  }

  @Test
  void aDeadlineIsHeldForGrpcWebToo() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.SILENT);
        Gateway gateway = gateway(endpoint.port(), "GrpcWeb").start()) {
      Response answer = post(gateway, "application/grpc-web", HI, "grpc-timeout: 200m");
      assertThat(answer.header("grpc-status")).isEqualTo("4");
    }
  }

  @Test
  void plainGrpcPassesTheFilterUntouched() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.ECHO);
        Gateway gateway = gateway(endpoint.port(), "GrpcWeb").start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      GrpcClient.Ended ended = client.unary("s/m", "hi");
      assertThat(ended.received()).containsExactly("hi");
      assertThat(ended.trailer("x-trailer")).isEqualTo("last");
    }
  }

  @Test
  void aStreamThatBreaksOffIsNoCleanEndEither() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.ECHO);
        Gateway gateway = gateway(endpoint.port(), "GrpcWeb").start();
        GrpcClient client = new GrpcClient(gateway.port());
        RawClient web = new RawClient(gateway.port())) {
      GrpcClient.Call call = client.begin("s/m");
      call.send("a");
      Await.until("it runs", () -> call.received.size() == 1);
      web.send(
          RawClient.head(
                  "POST",
                  "/s/m",
                  "Content-Type: application/grpc-web",
                  "Transfer-Encoding: chunked")
              + "7\r\n"
              + HI
              + "\r\n");
      Await.until("it runs too", () -> endpoint.calls.size() == 2);
      Await.until("it has answered", () -> web.in.available() > 0);
      endpoint.breakOff();
      assertThat(call.end().code()).isNotEqualTo(Status.Code.OK);
      assertThat(web.read(false).complete()).isFalse();
    }
  }

  /** Suspends at each of the response's hooks once. */
  private static final class Slow implements HttpFilter {
    private final List<String> events = new CopyOnWriteArrayList<>();

    @Override
    public boolean isHeadOnly() {
      return false;
    }

    @Override
    public ByteBuf onResponseData(FilterExchange exchange, ByteBuf data) {
      pause(exchange, "data");
      return data;
    }

    @Override
    public void onResponseTrailers(FilterExchange exchange, HeaderBlock trailers) {
      pause(exchange, "trailers");
    }

    private void pause(FilterExchange exchange, String where) {
      events.add(where);
      exchange.suspend();
      Thread.ofPlatform()
          .daemon()
          .start(() ->
              exchange.execute(() -> {
                events.add("after " + where);
                exchange.resume();
              }));
    }
  }

  @Test
  void theLastFrameWaitsForAFilterThatIsNotReady() throws Exception {
    Slow outer = new Slow();
    Script headOnly =
        new Script() {
          @Override
          public void onEnd(Call call) {
            call.head();
            call.end(Status.OK);
          }
        };
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(headOnly);
        Gateway gateway =
            gateway(endpoint.port(), "Outer", "GrpcWeb")
                .filters(new FilterRegistry().with("Outer", outer))
                .start()) {
      Response answer = post(gateway, "application/grpc-web", HI);
      assertThat(answer.body()).isEqualTo(frame(TRAILERS));
      assertThat(answer.complete()).isTrue();
      assertThat(outer.events).containsExactly("data", "after data", "trailers", "after trailers");
    }
  }
}
