package io.expressgateway.http.h2;

import static io.expressgateway.http.h2.Http2EndpointTest.gateway;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.fault.FaultyEndpoint;
import io.expressgateway.http.fault.RawClient;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** HTTP/2 endpoints that refuse, break off or lie. */
class Http2EndpointFaultTest {

  /** Answers complete requests, but for the first one, which the fault gets. */
  private static Http2Endpoint.Script first(Http2Endpoint.Script fault) {
    AtomicInteger count = new AtomicInteger();
    return call -> {
      if (call.ended && count.incrementAndGet() == 1) {
        fault.on(call);
      } else if (call.ended) {
        call.ok("answered");
      }
    };
  }

  /** Reads until the end, which is a reset or an exception to the caller. */
  private static void drain(RawClient client) throws IOException {
    while (client.in.read() >= 0) {
      // What comes before the end is of no interest.
    }
  }

  @Test
  void aPostAboveTheLastStreamOfAGoAwayIsSentAgain() throws Exception {
    try (Http2Endpoint endpoint = Http2Endpoint.start(first(call -> call.goAway(0)));
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.post("POST", "/", "body").body()).isEqualTo("answered");
      assertThat(endpoint.calls).hasSize(2);
      assertThat(endpoint.calls.get(1).received).hasValue(4);
      assertThat(endpoint.connections).hasSize(2);
    }
  }

  @Test
  void aRequestBelowTheLastStreamOfAGoAwayEndsNormally() throws Exception {
    Http2Endpoint.Script goodbye =
        call -> {
          call.goAway(call.stream.id());
          call.ok("the last");
        };
    try (Http2Endpoint endpoint = Http2Endpoint.start(first(goodbye));
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").body()).isEqualTo("the last");
      Await.until("it closes", () -> !endpoint.connections.getFirst().isActive());
      assertThat(client.request("GET", "/").body()).isEqualTo("answered");
    }
  }

  @Test
  void aRefusedPostIsSentAgain() throws Exception {
    try (Http2Endpoint endpoint =
            Http2Endpoint.start(first(call -> call.reset(Http2Error.REFUSED_STREAM)));
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.post("POST", "/", "body").body()).isEqualTo("answered");
      assertThat(endpoint.connections).hasSize(1);
    }
  }

  @Test
  void anEndpointThatRefusesEverythingIsNotAskedForever() throws Exception {
    try (Http2Endpoint endpoint =
            Http2Endpoint.start(call -> call.reset(Http2Error.REFUSED_STREAM));
        Gateway gateway = gateway(endpoint).retry(0, 65_536).start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").status()).isEqualTo(503);
      assertThat(gateway.metrics.failures).containsExactly("upstream-refused");
      assertThat(endpoint.calls.size()).isBetween(2, 5);
    }
  }

  @Test
  void aResetWithinTheBodyIsNoCleanEnd() throws Exception {
    Http2Endpoint.Script broken =
        call -> {
          call.head(200, false);
          call.data("half", false);
        };
    try (Http2Endpoint endpoint = Http2Endpoint.start(first(broken));
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port());
        RawClient next = new RawClient(gateway.port())) {
      client.send(RawClient.head("GET", "/"));
      assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
      endpoint.calls.getFirst().reset(Http2Error.INTERNAL_ERROR);

      assertThatThrownBy(() -> drain(client)).isInstanceOf(SocketException.class);
      assertThat(gateway.metrics.failures).containsExactly("upstream-reset");
      assertThat(next.request("GET", "/").body()).isEqualTo("answered");
      assertThat(endpoint.connections).hasSize(1);
    }
  }

  @Test
  void aLostConnectionWithinTheBodyIsNoCleanEnd() throws Exception {
    Http2Endpoint.Script broken =
        call -> {
          call.head(200, false);
          call.data("half", false);
        };
    try (Http2Endpoint endpoint = Http2Endpoint.start(first(broken));
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port())) {
      client.send(RawClient.head("GET", "/"));
      assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
      endpoint.calls.getFirst().disconnect();

      assertThatThrownBy(() -> drain(client)).isInstanceOf(SocketException.class);
      assertThat(gateway.metrics.failures).containsExactly("upstream-truncated");
    }
  }

  @Test
  void aLengthThatIsNotKeptIsMalformed() throws Exception {
    Http2Endpoint.Script tooMuch =
        call -> {
          call.head(200, false, "content-length", "3");
          call.data("four", true);
        };
    try (Http2Endpoint endpoint = Http2Endpoint.start(first(tooMuch));
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port())) {
      client.send(RawClient.head("GET", "/"));
      Await.until("it fails", () -> gateway.metrics.failures.contains("upstream-malformed"));
    }
  }

  @Test
  void aSwitchOfProtocolsIsMalformed() throws Exception {
    try (Http2Endpoint endpoint = Http2Endpoint.start(first(call -> call.head(101, false)));
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").status()).isEqualTo(502);
      assertThat(gateway.metrics.failures).containsExactly("upstream-malformed");
      assertThat(client.request("GET", "/").body()).isEqualTo("answered");
    }
  }

  @Test
  void aHeadBeyondTheLimitIsRefused() throws Exception {
    String field = "x".repeat(70_000);
    try (Http2Endpoint endpoint =
            Http2Endpoint.start(first(call -> call.head(200, true, "x-big", field)));
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").status()).isEqualTo(502);
      assertThat(client.request("GET", "/").body()).isEqualTo("answered");
    }
  }

  @Test
  void aFloodOfPingsEndsTheConnectionOnly() throws Exception {
    Http2Endpoint.Script flood =
        call -> {
          ByteBuf pings = Unpooled.buffer();
          for (int i = 0; i < 5_000; i++) {
            pings.writeMedium(8).writeByte(6).writeByte(0).writeInt(0).writeLong(i);
          }
          call.raw(pings);
        };
    try (Http2Endpoint endpoint = Http2Endpoint.start(first(flood));
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").status()).isEqualTo(502);
      assertThat(client.request("GET", "/").body()).isEqualTo("answered");
      assertThat(endpoint.connections).hasSize(2);
    }
  }

  @Test
  void aPushEndsTheConnection() throws Exception {
    Http2Endpoint.Script push =
        call -> {
          ByteBuf promise = Unpooled.buffer();
          promise
              .writeMedium(5)
              .writeByte(5)
              .writeByte(4)
              .writeInt(call.stream.id())
              .writeInt(2)
              .writeByte(0x88);
          call.raw(promise);
        };
    try (Http2Endpoint endpoint = Http2Endpoint.start(first(push));
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").status()).isEqualTo(502);
      assertThat(gateway.metrics.failures).containsExactly("upstream-malformed");
      assertThat(client.request("GET", "/").body()).isEqualTo("answered");
    }
  }

  @RepeatedTest(20) // the answer races with the request
  void anEndpointOfHttp1IsRefused() throws Exception {
    try (FaultyEndpoint endpoint =
            FaultyEndpoint.start(connection -> connection.send(FaultyEndpoint.ok("no")));
        Gateway gateway = gateway().endpoints(endpoint.port()).start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").status()).isEqualTo(502);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  @Test
  void anEndpointThatNeverOpensItsWindowIsStalled() throws Exception {
    try (Http2Endpoint endpoint = Http2Endpoint.start(call -> call.takes = false);
        Gateway gateway =
            gateway(endpoint)
                .timers(Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofMinutes(1))
                .start();
        RawClient client = new RawClient(gateway.port())) {
      int size = 1 << 20;
      client.send(RawClient.head("POST", "/", "Content-Length: " + size));
      client.out.write(new byte[256 * 1024]);
      client.out.flush();

      assertThat(client.read(false).status()).isEqualTo(504);
      assertThat(gateway.metrics.failures).containsExactly("upstream-stalled");
    }
  }
}
