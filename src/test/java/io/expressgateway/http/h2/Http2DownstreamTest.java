package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Requests over HTTP/2 in clear text to an endpoint that speaks HTTP/1.1. */
class Http2DownstreamTest {

  private static byte[] block(String... literals) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(RawHttp2.block("POST"));
    for (int i = 0; i < literals.length; i += 2) {
      RawHttp2.literal(block, literals[i], literals[i + 1]);
    }
    return block.toByteArray();
  }

  @Test
  void bodyAndCookiesAndForwardingReachTheEndpoint() throws Exception {
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(
                request -> request.ok(new String(request.body(), StandardCharsets.US_ASCII)));
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 client = new RawHttp2(gateway.port())) {
      byte[] body = "a body".getBytes(StandardCharsets.US_ASCII);
      client
          .settings()
          .frame(RawHttp2.HEADERS, 4, 1, block("cookie", "a=1", "cookie", "b=2"))
          .frame(RawHttp2.DATA, 0, 1, body)
          .frame(RawHttp2.DATA, 1, 1, new byte[0])
          .send();
      assertThat(client.await(RawHttp2.DATA).payload()).isEqualTo(body);
      RawEndpoint.Request seen = endpoint.requests().getFirst();
      assertThat(seen.all("cookie")).containsExactly("a=1; b=2");
      assertThat(seen.header("x-forwarded-host")).isEqualTo("test");
      assertThat(seen.header("via")).isEqualTo("2.0 expressgateway");
      assertThat(seen.header("x-forwarded-for")).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void trailersReachTheEndpoint() throws Exception {
    ByteArrayOutputStream trailers = new ByteArrayOutputStream();
    RawHttp2.literal(trailers, "x-sum", "42");
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              request.body();
              request.ok(request.trailers().strip());
            });
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client
          .settings()
          .frame(RawHttp2.HEADERS, 4, 1, block())
          .frame(RawHttp2.DATA, 0, 1, "body".getBytes(StandardCharsets.US_ASCII))
          .frame(RawHttp2.HEADERS, 5, 1, trailers.toByteArray())
          .send();
      assertThat(new String(client.await(RawHttp2.DATA).payload(), StandardCharsets.US_ASCII))
          .isEqualToIgnoringCase("x-sum: 42");
    }
  }

  @Test
  void aLengthThatIsAnnouncedIsPassedOn() throws Exception {
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              request.body();
              request.ok(request.header("content-length"));
            });
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client
          .settings()
          .frame(RawHttp2.HEADERS, 4, 1, block("content-length", "4"))
          .frame(RawHttp2.DATA, 1, 1, "body".getBytes(StandardCharsets.US_ASCII))
          .send();
      assertThat(client.await(RawHttp2.DATA).payload()).isEqualTo(new byte[] {'4'});
    }
  }

  @Test
  void aBodyThatPausesForTooLongIsRefused() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.body());
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .timers(Duration.ofMillis(300), Duration.ofMinutes(1), Duration.ofMinutes(1))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings().frame(RawHttp2.HEADERS, 4, 1, block()).send();
      Await.until(
          "the pause is noticed", () -> gateway.metrics.failures.contains("body-idle-timeout"));
      assertThat(client.await(RawHttp2.HEADERS).stream()).isEqualTo(1);
    }
  }

  @Test
  void aDrainSaysGoAwayOnAnIdleConnection() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings().request(1, "GET", true).send();
      assertThat(client.await(RawHttp2.DATA).stream()).isEqualTo(1);
      gateway.engine().beginDrain();
      assertThat(client.await(RawHttp2.GOAWAY).number(0)).isNotNegative();
    }
  }

  @Test
  void aHostThatDiffersFromTheAuthorityIsRefused() throws Exception {
    refusedWith("bad-host", block("host", "other"));
  }

  @Test
  void anUnderscoreInANameIsRefused() throws Exception {
    refusedWith("underscore-header", block("a_b", "c"));
  }

  private static void refusedWith(String why, byte[] block) throws Exception {
    try (Gateway gateway = Gateway.to(1);
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings().frame(RawHttp2.HEADERS, 5, 1, block).send();
      assertThat(client.await(RawHttp2.HEADERS).stream()).isEqualTo(1);
      Await.until(why, () -> gateway.metrics.failures.contains(why));
      assertThat(gateway.engine().ledger().refused()).isEqualTo(1);
    }
  }

  @Test
  void theLastRequestOfAConnectionIsFollowedByTwoGoAways() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .limits(limits ->
                    new io.expressgateway.snapshot.ListenerSpec.HttpLimits(
                        limits.headerTimeout(),
                        limits.bodyIdleTimeout(),
                        limits.minBodyRate(),
                        limits.writeStallTimeout(),
                        limits.responseTimeout(),
                        limits.keepAliveTimeout(),
                        1,
                        limits.maxHeaderBytes(),
                        limits.maxHeaderFields(),
                        limits.maxBodyBytes(),
                        limits.maxPipelined(),
                        limits.underscoreHeaders()))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings().request(1, "GET", true).send();
      assertThat(client.await(RawHttp2.GOAWAY).number(0)).isEqualTo(Integer.MAX_VALUE);
      assertThat(client.await(RawHttp2.GOAWAY).number(0)).isEqualTo(1);
      assertThat(client.socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void halfAPrefaceIsWaitedForAndOtherBytesAreHttp1() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway = Gateway.to(endpoint.port());
        Socket socket = new Socket("127.0.0.1", gateway.port())) {
      send(socket, "P");
      send(socket, "UT / HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n");
      byte[] start = socket.getInputStream().readNBytes(12);
      assertThat(new String(start, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
    }
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }
}
