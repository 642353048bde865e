package io.expressgateway.http.h2;

import static io.expressgateway.http.h2.Http2EndpointTest.gateway;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec.Pool;
import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.fault.RawClient;
import io.expressgateway.plane.DataPlane.PoolCount;
import io.netty.handler.codec.http2.Http2Settings;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Limits, queue and age of HTTP/2 connections, on the wire. */
class StreamPoolTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Http2Settings ONE_STREAM = new Http2Settings().maxConcurrentStreams(1);

  private static PoolCount pool(Gateway gateway) {
    return gateway.engine().pools().getFirst();
  }

  private static Http2Endpoint holding() throws Exception {
    return Http2Endpoint.start(
        ONE_STREAM,
        call -> {
          if (call.path().equals("/warm")) {
            call.ok("warm");
          }
        });
  }

  @Test
  void aSecondConnectionIsOpenedWhenTheFirstIsFull() throws Exception {
    try (Http2Endpoint endpoint = holding();
        Gateway gateway = gateway(endpoint).pool(new Pool(2, 10, MINUTE, MINUTE)).start();
        RawClient one = new RawClient(gateway.port());
        RawClient two = new RawClient(gateway.port())) {
      assertThat(one.request("GET", "/warm").body()).isEqualTo("warm");
      one.send(RawClient.head("GET", "/1"));
      Await.until("the first runs", () -> endpoint.calls.size() == 2);
      two.send(RawClient.head("GET", "/2"));
      Await.until("the second runs", () -> endpoint.calls.size() == 3);
      assertThat(endpoint.calls.get(2).connection).isEqualTo(2);
      assertThat(pool(gateway)).matches(count -> count.active() == 2 && count.idle() == 0);
    }
  }

  @Test
  void whoFindsAllConnectionsFullWaitsInABoundedQueue() throws Exception {
    try (Http2Endpoint endpoint = holding();
        Gateway gateway = gateway(endpoint).pool(new Pool(1, 1, MINUTE, MINUTE)).start();
        RawClient one = new RawClient(gateway.port());
        RawClient two = new RawClient(gateway.port());
        RawClient three = new RawClient(gateway.port())) {
      assertThat(one.request("GET", "/warm").body()).isEqualTo("warm");
      one.send(RawClient.head("GET", "/1"));
      Await.until("the first runs", () -> endpoint.calls.size() == 2);
      two.send(RawClient.head("GET", "/2"));
      Await.until("the second waits", () -> pool(gateway).pending() == 1);
      assertThat(three.request("GET", "/3").status()).isEqualTo(503);
      assertThat(gateway.metrics.failures).containsExactly("pool-exhausted");
      endpoint.calls.get(1).ok("1");
      assertThat(one.read(false).body()).isEqualTo("1");
      Await.until("the second runs", () -> endpoint.calls.size() == 3);
      endpoint.calls.get(2).ok("2");
      assertThat(two.read(false).body()).isEqualTo("2");
      assertThat(endpoint.connections).hasSize(1);
    }
  }

  @Test
  void whoGoesAwayLeavesTheQueueAtOnce() throws Exception {
    try (Http2Endpoint endpoint = holding();
        Gateway gateway = gateway(endpoint).pool(new Pool(1, 1, MINUTE, MINUTE)).start();
        RawClient one = new RawClient(gateway.port());
        RawClient two = new RawClient(gateway.port())) {
      assertThat(one.request("GET", "/warm").body()).isEqualTo("warm");
      one.send(RawClient.head("GET", "/1"));
      Await.until("the first runs", () -> endpoint.calls.size() == 2);
      two.send(RawClient.head("GET", "/2"));
      Await.until("the second waits", () -> pool(gateway).pending() == 1);
      two.reset();
      Await.until("its place is free", () -> pool(gateway).pending() == 0);
    }
  }

  @Test
  void aWaitThatIsTooLongIsAPoolTimeout() throws Exception {
    try (Http2Endpoint endpoint = holding();
        Gateway gateway =
            gateway(endpoint)
                .connectTimeout(Duration.ofSeconds(1))
                .pool(new Pool(1, 1, MINUTE, MINUTE))
                .start();
        RawClient one = new RawClient(gateway.port());
        RawClient two = new RawClient(gateway.port())) {
      assertThat(one.request("GET", "/warm").body()).isEqualTo("warm");
      one.send(RawClient.head("GET", "/1"));
      Await.until("the first runs", () -> endpoint.calls.size() == 2);
      assertThat(two.request("GET", "/2").status()).isEqualTo(503);
      assertThat(gateway.metrics.failures).isEqualTo(List.of("pool-timeout"));
    }
  }

  @Test
  void anIdleConnectionIsClosed() throws Exception {
    try (Http2Endpoint endpoint = Http2Endpoint.start(call -> call.ok("x"));
        Gateway gateway =
            gateway(endpoint).pool(new Pool(1, 1, Duration.ofMillis(500), MINUTE)).start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").body()).isEqualTo("x");
      Await.until("it is closed", () -> !endpoint.connections.getFirst().isActive());
      Await.until("it is not counted", () -> pool(gateway).idle() == 0);
      assertThat(client.request("GET", "/").body()).isEqualTo("x");
    }
  }

  @Test
  void aConnectionPastItsLifetimeFinishesItsStreamsAndCloses() throws Exception {
    try (Http2Endpoint endpoint = holding();
        Gateway gateway =
            gateway(endpoint).pool(new Pool(2, 1, MINUTE, Duration.ofMillis(500))).start();
        RawClient one = new RawClient(gateway.port());
        RawClient two = new RawClient(gateway.port())) {
      one.send(RawClient.head("GET", "/1"));
      Await.until("the first runs", () -> endpoint.calls.size() == 1);
      Await.until(
          "a second request gets a connection of its own",
          () -> {
            two.request("GET", "/warm");
            return endpoint.connections.size() > 1;
          });
      endpoint.calls.getFirst().ok("1");
      assertThat(one.read(false).body()).isEqualTo("1");
      Await.until("it is closed", () -> !endpoint.connections.getFirst().isActive());
    }
  }

  @Test
  void aRefusedConnectIsToldToAllWhoWait() throws Exception {
    int port;
    try (ServerSocket gone = new ServerSocket(0)) {
      port = gone.getLocalPort();
    }
    try (Gateway gateway = gateway().endpoints(port).start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").status()).isEqualTo(503);
      assertThat(gateway.metrics.failures).containsExactly("connect-failed");
    }
  }
}
