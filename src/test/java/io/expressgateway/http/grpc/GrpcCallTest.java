package io.expressgateway.http.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.filter.FilterRegistry;
import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.fault.FaultyEndpoint;
import io.expressgateway.http.fault.RawClient;
import io.expressgateway.http.grpc.GrpcClient.Ended;
import io.expressgateway.http.grpc.GrpcEndpoint.Call;
import io.expressgateway.http.grpc.GrpcEndpoint.Script;
import io.expressgateway.net.Cidr;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.ListenerSpec.GrpcLimits;
import io.expressgateway.snapshot.ListenerSpec.HttpLimits;
import io.grpc.CallOptions;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** gRPC's own client and server with the gateway between them. */
class GrpcCallTest {

  private static final CallOptions AN_HOUR =
      CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.HOURS);

  private static Gateway.Builder gateway(int... ports) {
    return Gateway.builder().protocol(ClusterSpec.Protocol.HTTP2).endpoints(ports);
  }

  private static Gateway.Builder route(Gateway.Builder builder, Map<String, Object> metadata) {
    return builder.route("all", List.of(), List.of(), metadata);
  }

  /** Limits as short as these would end any quiet HTTP exchange. */
  private static Gateway.Builder impatient(Gateway.Builder builder, Duration idle) {
    Duration brief = Duration.ofMillis(200);
    return builder
        .firstByteTimeout(brief)
        .limits(d ->
            new HttpLimits(
                    d.headerTimeout(),
                    brief,
                    d.minBodyRate(),
                    d.writeStallTimeout(),
                    brief,
                    d.keepAliveTimeout(),
                    d.maxKeepAliveRequests(),
                    d.maxHeaderBytes(),
                    d.maxHeaderFields(),
                    d.maxBodyBytes(),
                    d.maxPipelined(),
                    d.underscoreHeaders())
                .with(new GrpcLimits(Duration.ofMinutes(5), idle, false)));
  }

  // ---------------------------------------------------------------- shapes

  @Test
  void everyShapeOfCallPassesWithItsTrailers() throws Exception {
    Script counting =
        new Script() {
          @Override
          public void onMessage(Call call, String message) {
            switch (call.path) {
              case "s/Bidi" -> call.send(message);
              case "s/Server" -> {
                for (int i = 0; i < 3; i++) {
                  call.send(message + i);
                }
              }
              default -> {}
            }
          }

          @Override
          public void onEnd(Call call) {
            if (call.path.equals("s/Client") || call.path.equals("s/Unary")) {
              call.send(String.join(",", call.received));
            }
            call.end(Status.OK);
          }
        };
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(counting);
        Gateway gateway = gateway(endpoint.port()).start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      assertThat(client.unary("s/Unary", "a").received()).containsExactly("a");
      assertThat(client.unary("s/Server", "a").received()).containsExactly("a0", "a1", "a2");

      GrpcClient.Call upload = client.begin("s/Client");
      upload.send("a");
      upload.send("b");
      upload.half();
      assertThat(upload.end().received()).containsExactly("a,b");

      GrpcClient.Call talk = client.begin("s/Bidi");
      talk.send("a");
      Await.until("the answer is there", () -> talk.received.equals(List.of("a")));
      talk.send("b");
      Await.until("the next is there", () -> talk.received.equals(List.of("a", "b")));
      talk.half();
      Ended ended = talk.end();
      assertThat(ended.code()).isEqualTo(Status.Code.OK);
      assertThat(ended.trailer("x-trailer")).isEqualTo("last");
    }
  }

  @Test
  void aStatusOfTheEndpointReachesTheClient() throws Exception {
    Script failing =
        new Script() {
          @Override
          public void onMessage(Call call, String message) {
            call.end(Status.ABORTED.withDescription("naïve 50 %"));
          }
        };
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(failing);
        Gateway gateway = gateway(endpoint.port()).start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      Ended ended = client.unary("s/m", "a");
      assertThat(ended.code()).isEqualTo(Status.Code.ABORTED);
      assertThat(ended.status().getDescription()).isEqualTo("naïve 50 %");
    }
  }

  @Test
  void aCancelOfTheClientReachesTheEndpoint() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.ECHO);
        Gateway gateway = gateway(endpoint.port()).start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      GrpcClient.Call call = client.begin("s/m");
      call.send("a");
      Await.until("it runs", () -> call.received.size() == 1);
      call.cancel();
      Await.until("it is cancelled", () -> endpoint.calls.getFirst().cancelled);
    }
  }

  // ---------------------------------------------------------------- deadlines

  @Test
  void aDeadlineIsClampedAndWhatIsLeftOfItIsPassedOn() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.ECHO);
        Gateway gateway = gateway(endpoint.port()).start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      client.unary("s/m", "a", AN_HOUR);
      assertThat(timeout(endpoint)).isBetween(Duration.ofSeconds(290), Duration.ofSeconds(300));
    }
  }

  private static Duration timeout(GrpcEndpoint endpoint) {
    String text = endpoint.calls.getLast().header("grpc-timeout");
    io.expressgateway.message.HeaderBlock block = new io.expressgateway.message.HeaderBlock();
    block.add("grpc-timeout", text);
    return Duration.ofNanos(GrpcTimeout.read(block));
  }

  @Test
  void theRouteMaySetAnotherCapOrNone() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.ECHO);
        Gateway longer = route(gateway(endpoint.port()), Map.of("grpc-max-deadline", -1L)).start();
        Gateway shorter =
            route(gateway(endpoint.port()), Map.of("grpc-max-deadline", 9_000L)).start();
        GrpcClient patient = new GrpcClient(longer.port());
        GrpcClient hasty = new GrpcClient(shorter.port())) {
      patient.unary("s/m", "a", AN_HOUR);
      assertThat(timeout(endpoint)).isGreaterThan(Duration.ofMinutes(59));
      hasty.unary("s/m", "a", AN_HOUR);
      assertThat(timeout(endpoint)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(9));
    }
  }

  @Test
  void aCallWithoutADeadlineStaysWithout() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.ECHO);
        Gateway gateway = gateway(endpoint.port()).start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      client.unary("s/m", "a");
      assertThat(endpoint.calls.getLast().header("grpc-timeout")).isNull();
    }
  }

  @Test
  void aCallWhoseTimeIsOverEndsAlthoughTheEndpointIsSilent() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.SILENT);
        Gateway gateway =
            route(gateway(endpoint.port()), Map.of("grpc-max-deadline", 200L)).start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      Ended ended = client.unary("s/m", "a", AN_HOUR);
      assertThat(ended.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(ended.status().getDescription()).startsWith("grpc-deadline: ");
      assertThat(gateway.metrics.failures).containsExactly("grpc-deadline");
      Await.until("the endpoint is told", () -> endpoint.calls.getFirst().cancelled);
    }
  }

  @Test
  void aStreamThatHasBegunEndsWithTheStatusInItsTrailers() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.ECHO);
        Gateway gateway =
            route(gateway(endpoint.port()), Map.of("grpc-max-deadline", 300L)).start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      GrpcClient.Call call = client.begin("s/m", AN_HOUR);
      call.send("a");
      Ended ended = call.end();
      assertThat(ended.received()).containsExactly("a");
      assertThat(ended.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }
  }

  @ParameterizedTest
  @CsvSource({"5x, 13, bad-grpc-timeout", "0m, 4, grpc-deadline"})
  void aTimeoutThatIsNoneIsInternalAndOneThatIsOverIsExceeded(String text, int code, String why)
      throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.ECHO);
        Gateway gateway = gateway(endpoint.port()).start();
        RawClient client = new RawClient(gateway.port())) {
      RawClient.Response answer =
          client.request(
              "POST",
              "/s/m",
              "Content-Type: application/grpc",
              "TE: trailers",
              "Content-Length: 0",
              "grpc-timeout: " + text);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("content-type")).isEqualTo("application/grpc");
      assertThat(answer.header("grpc-status")).isEqualTo("" + code);
      assertThat(answer.header("grpc-message")).startsWith(why + ": ");
      assertThat(endpoint.calls).isEmpty();
    }
  }

  // ---------------------------------------------------------------- quiet streams

  private static final Executor LATER = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

  @Test
  void aServerStreamWhoseHeadComesLateIsWaitedFor() throws Exception {
    Script late =
        new Script() {
          @Override
          public void onEnd(Call call) {
            LATER.execute(() -> {
              call.send("late");
              LATER.execute(() -> {
                call.send("later");
                call.end(Status.OK);
              });
            });
          }
        };
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(late);
        Gateway gateway = impatient(gateway(endpoint.port()), Duration.ofHours(1)).start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      Ended ended = client.unary("s/m", "a");
      assertThat(ended.received()).containsExactly("late", "later");
      assertThat(ended.code()).isEqualTo(Status.Code.OK);
      assertThat(gateway.metrics.failures).isEmpty();
    }
  }

  @Test
  void aQuietBidirectionalStreamIsNotCut() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.ECHO);
        Gateway gateway = impatient(gateway(endpoint.port()), Duration.ofHours(1)).start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      GrpcClient.Call call = client.begin("s/m");
      call.send("a");
      Await.until("it runs", () -> call.received.size() == 1);
      CompletableFuture.runAsync(() -> call.send("b"), LATER).get(15, TimeUnit.SECONDS);
      call.half();
      assertThat(call.end().received()).containsExactly("a", "b");
      assertThat(gateway.metrics.failures).isEmpty();
    }
  }

  @Test
  void aStreamInWhichNothingMovesAtAllEndsAfterTheIdleTimeout() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.SILENT);
        Gateway gateway = impatient(gateway(endpoint.port()), Duration.ofMillis(300)).start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      Ended ended = client.unary("s/m", "a");
      assertThat(ended.code()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(gateway.metrics.failures).containsExactly("grpc-idle");
    }
  }

  @Test
  void towardsHttp1EndpointsTheTimersOfHttpStay() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.Connection::awaitEnd);
        Gateway gateway =
            impatient(Gateway.builder().endpoints(endpoint.port()), Duration.ofHours(1)).start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      assertThat(client.unary("s/m", "a").code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(gateway.metrics.failures).containsExactly("first-byte-timeout");
    }
  }

  // ---------------------------------------------------------------- failures of the gateway

  @Test
  void noRouteIsUnimplemented() throws Exception {
    try (Gateway gateway =
            gateway(1).route("some", List.of("Path=/known/**"), List.of(), Map.of()).start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      Ended ended = client.unary("s/m", "a");
      assertThat(ended.code()).isEqualTo(Status.Code.UNIMPLEMENTED);
      assertThat(ended.status().getDescription()).isEqualTo("no-route: no route matches");
    }
  }

  @Test
  void anEndpointThatIsNotThereIsUnavailableAndTrustedClientsSeeWhy() throws Exception {
    try (Gateway gateway = gateway(1).listener(GrpcCallTest::trusting).start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      Ended ended = client.unary("s/m", "a");
      assertThat(ended.code()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(ended.trailer("x-expressgateway-why")).isEqualTo("connect-failed");
      assertThat(gateway.metrics.ends).containsExactly("200 /s/m connect-failed");
    }
  }

  private static ListenerSpec trusting(ListenerSpec spec) {
    return new ListenerSpec(
        spec.name(),
        spec.bind(),
        spec.protocol(),
        spec.maxConnections(),
        spec.maxConnectionsPerIp(),
        List.of(Cidr.parse("127.0.0.0/8")),
        "",
        spec.forwarding(),
        spec.accessLog(),
        spec.http());
  }

  @Test
  void aBodyThatIsTooLargeIsResourceExhausted() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.SILENT);
        Gateway gateway = route(gateway(endpoint.port()), Map.of("max-body-size", 100L)).start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      Ended ended = client.unary("s/m", "a".repeat(1000));
      assertThat(ended.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(ended.status().getDescription()).startsWith("body-too-large: ");
    }
  }

  @Test
  void aRefusalOfAFilterIsTranslated() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.SILENT);
        Gateway gateway =
            gateway(endpoint.port())
                .route(
                    "small", List.of(), List.of(Gateway.shortcut("RequestHeaderSize=1B")), Map.of())
                .start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      Ended ended = client.unary("s/m", "a");
      assertThat(ended.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(ended.status().getDescription()).isEqualTo("request-header-too-large");
    }
  }

  @Test
  void aFilterThatThrowsIsInternal() throws Exception {
    FilterRegistry throwing =
        new FilterRegistry()
            .with(
                "Throwing",
                new io.expressgateway.filter.HttpFilter() {
                  @Override
                  public void onRequestHead(io.expressgateway.filter.FilterExchange exchange) {
                    throw new IllegalStateException("the test's wish");
                  }
                });
    try (Gateway gateway =
            gateway(1)
                .filters(throwing)
                .route("all", List.of(), List.of(Gateway.shortcut("Throwing")), Map.of())
                .start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      assertThat(client.unary("s/m", "a").code()).isEqualTo(Status.Code.INTERNAL);
    }
  }

  @Test
  void aHeadThatIsRefusedIsAnsweredAsGrpcToo() throws Exception {
    try (Gateway gateway = gateway(1).start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      io.grpc.Metadata headers = new io.grpc.Metadata();
      headers.put(
          io.grpc.Metadata.Key.of("a_b", io.grpc.Metadata.ASCII_STRING_MARSHALLER), "refused");
      GrpcClient.Call call = client.begin("s/m", headers);
      call.half();
      Ended ended = call.end();
      assertThat(ended.code()).isEqualTo(Status.Code.INTERNAL);
      assertThat(ended.status().getDescription()).startsWith("underscore-header: ");
    }
  }

  // ---------------------------------------------------------------- failures of the endpoint

  @Test
  void anEndpointThatBreaksOffNeverLooksLikeACleanEnd() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.ECHO);
        Gateway gateway = gateway(endpoint.port()).start();
        GrpcClient client = new GrpcClient(gateway.port())) {
      GrpcClient.Call call = client.begin("s/m");
      call.send("a");
      Await.until("it runs", () -> call.received.size() == 1);
      endpoint.breakOff();
      Ended ended = call.end();
      assertThat(ended.code()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(ended.status().getDescription()).startsWith("upstream-");
      assertThat(gateway.metrics.failures).hasSize(1);
    }
  }

  @Test
  void anHttpErrorOfAnEndpointThatSpeaksNoGrpcPassesAsItIs() throws Exception {
    try (FaultyEndpoint endpoint =
            FaultyEndpoint.start(connection -> {
              connection.readHead();
              connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
            });
        Gateway gateway = Gateway.to(endpoint.port());
        GrpcClient client = new GrpcClient(gateway.port())) {
      Ended ended = client.unary("s/m", "a");
      assertThat(ended.code()).isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(ended.status().getDescription()).contains("HTTP status code 403");
    }
  }

  // ---------------------------------------------------------------- HTTP/1.1 on either side

  @Test
  void aClientOverHttp1ThatTakesTrailersGetsThem() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.ECHO);
        Gateway gateway = gateway(endpoint.port()).start();
        RawClient client = new RawClient(gateway.port())) {
      client.send(
          RawClient.head(
                  "POST",
                  "/s/m",
                  "Content-Type: application/grpc",
                  "TE: trailers",
                  "Content-Length: 7")
              + "\0\0\0\0\2hi");
      assertThat(client.readHead()).contains("200 OK", "Transfer-Encoding: chunked");
      StringBuilder rest = new StringBuilder();
      while (rest.indexOf("grpc-status") < 0 || !rest.toString().endsWith("\r\n\r\n")) {
        rest.append((char) client.in.read());
      }
      assertThat(rest).contains("\0\0\0\0\2hi", "0\r\n", "grpc-status: 0\r\n", "x-trailer: last");
    }
  }

  @Test
  void aClientOverHttp1ThatTakesNoneIsRefused() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.start(GrpcEndpoint.ECHO);
        Gateway gateway = gateway(endpoint.port()).start();
        RawClient client = new RawClient(gateway.port())) {
      RawClient.Response answer =
          client.request(
              "POST", "/s/m", "Content-Type: application/grpc+proto", "Content-Length: 0");
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
      assertThat(answer.body()).contains("\"why\":\"trailers-impossible\"");
      assertThat(endpoint.calls).isEmpty();
    }
  }

  @Test
  void anEndpointOverHttp1ServesCallsByChunkedTrailers() throws Exception {
    try (FaultyEndpoint endpoint =
            FaultyEndpoint.start(connection -> {
              String head = connection.readHead();
              assertThat(head).containsIgnoringCase("te: trailers");
              connection.send(
                  "HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\n"
                      + "Transfer-Encoding: chunked\r\n\r\n"
                      + "7\r\n\0\0\0\0\2hi\r\n0\r\ngrpc-status: 0\r\n\r\n");
              connection.awaitEnd();
            });
        Gateway gateway = Gateway.to(endpoint.port());
        GrpcClient client = new GrpcClient(gateway.port())) {
      Ended ended = client.unary("s/m", "a");
      assertThat(ended.code()).isEqualTo(Status.Code.OK);
      assertThat(ended.received()).containsExactly("hi");
    }
  }

  @Test
  void anEndpointOverHttp1ThatIsCutOffIsNoCleanEndEither() throws Exception {
    try (FaultyEndpoint endpoint =
            FaultyEndpoint.start(connection -> {
              connection.readHead();
              connection.send(
                  "HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\n"
                      + "Transfer-Encoding: chunked\r\n\r\n7\r\n\0\0\0\0\2hi\r\n");
            });
        Gateway gateway = Gateway.to(endpoint.port());
        GrpcClient client = new GrpcClient(gateway.port())) {
      Ended ended = client.unary("s/m", "a");
      assertThat(ended.code()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(ended.status().getDescription()).startsWith("upstream-truncated: ");
    }
  }
}
