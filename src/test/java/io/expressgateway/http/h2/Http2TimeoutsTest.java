package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.snapshot.ListenerSpec.HttpLimits;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** HTTP/2 clients that take their time, and the neighbour who must not wait for them. */
class Http2TimeoutsTest {

  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(30);

  private static HttpLimits limits(Duration header, Duration keepAlive, long rate) {
    HttpLimits base = HttpLimits.DEFAULTS;
    return new HttpLimits(
        header,
        base.bodyIdleTimeout(),
        rate,
        base.writeStallTimeout(),
        base.responseTimeout(),
        keepAlive,
        base.maxKeepAliveRequests(),
        base.maxHeaderBytes(),
        base.maxHeaderFields(),
        base.maxBodyBytes(),
        base.maxPipelined(),
        base.underscoreHeaders());
  }

  /** Whoever attacks, the neighbour is served before and after; the attacker's connection ends. */
  private static void ends(
      HttpLimits limits, String security, Attack.Frames attack, boolean endsConnection)
      throws Exception {
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              request.body();
              request.ok("hello");
            });
        Gateway gateway =
            Gateway.builder().endpoints(endpoint.port()).limits(base -> limits).start();
        RawHttp2 attacker = new RawHttp2(gateway.port())) {
      attack.send(attacker);
      if (endsConnection) {
        assertThat(attacker.await(RawHttp2.GOAWAY).number(4)).isZero();
        assertThat(attacker.isEnded()).isTrue();
      } else {
        assertThat(attacker.awaitFields().status()).hasToString("408");
      }
      assertThat(gateway.metrics.security)
          .containsExactlyElementsOf(
              security.isEmpty() ? java.util.List.of() : java.util.List.of(security));
      neighbourIsServed(gateway);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  private static void neighbourIsServed(Gateway gateway) throws IOException {
    try (RawHttp2 neighbour = new RawHttp2(gateway.port())) {
      neighbour.settings().request(1, "GET", true).send();
      assertThat(neighbour.await(RawHttp2.DATA).stream()).isEqualTo(1);
    }
  }

  @Test
  void aPrefaceThatDoesNotGoOnEndsTheConnection() throws Exception {
    ends(limits(SHORT, LONG, 64), "header-timeout:close", RawHttp2::send, true);
  }

  @Test
  void aHeaderBlockWithoutEndEndsTheConnection() throws Exception {
    ends(
        limits(SHORT, LONG, 64),
        "header-timeout:close",
        client -> client.settings().frame(RawHttp2.HEADERS, 1, 1, RawHttp2.block("GET")).send(),
        true);
  }

  @Test
  void aFrameOfHeadersWithoutEndEndsTheConnection() throws Exception {
    ends(
        limits(SHORT, LONG, 64),
        "header-timeout:close",
        client -> {
          client.settings().send();
          client.socket.getOutputStream().write(new byte[] {0, 0, 99, 1, 5, 0, 0, 0, 1});
          client.socket.getOutputStream().write(new byte[] {1, 1, 1});
        },
        true);
  }

  @Test
  void tricklingContinuationsDoNotBuyTime() throws Exception {
    ends(
        limits(SHORT, LONG, 64),
        "header-timeout:close",
        client -> {
          client.settings().frame(RawHttp2.HEADERS, 1, 1, RawHttp2.block("GET")).send();
          long until = System.nanoTime() + SHORT.toNanos() * 2 / 3;
          while (System.nanoTime() < until) {
            java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
            client.frame(RawHttp2.CONTINUATION, 0, 1, new byte[0]).send();
          }
        },
        true);
  }

  @Test
  void aConnectionWithoutRequestsIsToldGoodbye() throws Exception {
    ends(limits(LONG, SHORT, 64), "", client -> client.settings().send(), true);
  }

  @Test
  void aConnectionWhosePingsAreAllItDoesIsToldGoodbye() throws Exception {
    ends(
        limits(LONG, SHORT, 64),
        "",
        client -> {
          client.settings().send();
          long until = System.nanoTime() + SHORT.toNanos() * 2 / 3;
          while (System.nanoTime() < until) {
            java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
            client.frame(RawHttp2.PING, 0, 0, new byte[8]).send();
          }
        },
        true);
  }

  @Test
  void aBodyBelowTheRateFloorIsAnswered408() throws Exception {
    ends(
        limits(LONG, LONG, 1 << 20),
        "body-too-slow:reject",
        client -> {
          client.settings().request(1, "POST", false);
          client.frame(RawHttp2.DATA, 0, 1, new byte[100]).send();
        },
        false);
  }
}
