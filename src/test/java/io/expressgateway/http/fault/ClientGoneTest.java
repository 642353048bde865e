package io.expressgateway.http.fault;

import static io.expressgateway.http.fault.FaultyEndpoint.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec.Pool;
import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.FaultyEndpoint.Script;
import io.expressgateway.plane.DataPlane;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that leave, upgrade or read slowly, seen from the endpoint. */
class ClientGoneTest {

  private static void assertAborted(Gateway gateway, int aborted) throws Exception {
    Await.until(
        "aborted",
        () -> {
          DataPlane.Ledger now = gateway.engine().ledger();
          return now.aborted() == aborted
              && now.accepted() == now.completed() + now.refused() + now.aborted();
        });
    assertThat(gateway.metrics.failures).containsOnly("client-gone");
  }

  @ParameterizedTest
  @ValueSource(strings = {"head", "body", "upload"})
  void leavingCancelsTheRequest(String phase) throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    Script script =
        connection -> {
          connection.readHead();
          if (phase.equals("body")) {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
          }
          reached.countDown();
          connection.awaitEnd();
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(script);
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      client.send(
          phase.equals("upload")
              ? RawClient.head("PUT", "/", "Content-Length: 10") + "abc"
              : RawClient.head("GET", "/"));
      reached.await();
      if (phase.equals("body")) {
        client.readHead();
      }
      client.reset();
      Await.until("the endpoint sees it", () -> endpoint.closedByPeer.get() == 1);
      assertAborted(gateway, 1);
    }
  }

  @Test
  void aKeepAliveClientThatClosesBeforeItsResponseIsCancelled() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    Script script =
        connection -> {
          connection.readHead();
          arrived.countDown();
          connection.awaitEnd();
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(script);
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      client.send(RawClient.head("GET", "/"));
      arrived.await();
      client.socket.close();
      Await.until("the endpoint sees it", () -> endpoint.closedByPeer.get() == 1);
      assertAborted(gateway, 1);
    }
  }

  @Test
  void aClientThatSaidCloseAndHalfClosesIsAnswered() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Script slow =
        connection -> {
          connection.readHead();
          go.await();
          connection.send(ok("late"));
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(slow);
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      client.send(RawClient.head("GET", "/", "Connection: close"));
      client.socket.shutdownOutput();
      Await.until("it arrived", () -> !endpoint.connections.isEmpty());
      go.countDown();
      assertThat(client.read(false).body()).isEqualTo("late");
    }
  }

  @Test
  void aHalfSentRequestWhoseClientClosesIsCancelled() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    Script script =
        connection -> {
          connection.readHead();
          arrived.countDown();
          connection.awaitEnd();
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(script);
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      client.send(RawClient.head("PUT", "/", "Content-Length: 10") + "abc");
      arrived.await();
      client.socket.close();
      Await.until("the endpoint sees it", () -> endpoint.closedByPeer.get() == 1);
      assertAborted(gateway, 1);
    }
  }

  @Test
  void leavingWhileWaitingForAConnectionGivesUpThePlace() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Script slow =
        connection -> {
          while (connection.readRequest() != null) {
            go.await();
            connection.send(ok("ok"));
          }
        };
    Duration minute = Duration.ofMinutes(1);
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(slow);
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .pool(new Pool(1, 10, minute, minute))
                .start();
        RawClient first = new RawClient(gateway.port());
        RawClient leaves = new RawClient(gateway.port());
        RawClient stays = new RawClient(gateway.port())) {
      first.send(RawClient.head("GET", "/1"));
      Await.until("the first runs", () -> endpoint.requests.size() == 1);
      leaves.send(RawClient.head("GET", "/2"));
      Await.until("waits", () -> gateway.engine().pools().getFirst().pending() == 1);
      stays.send(RawClient.head("GET", "/3"));
      Await.until("both wait", () -> gateway.engine().pools().getFirst().pending() == 2);
      leaves.reset();
      Await.until("it left", () -> gateway.engine().ledger().aborted() == 1);
      go.countDown();
      assertThat(first.read(false).body()).isEqualTo("ok");
      assertThat(stays.read(false).body()).isEqualTo("ok");
      assertThat(endpoint.requests).hasSize(2).noneMatch(request -> request.contains("/2"));
    }
  }

  // ---------------------------------------------------------------- back-pressure

  private static final long BULK = 200L << 20;

  private static long directMemory() {
    return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "nio"})
  void aSlowReaderDoesNotFillTheMemory(String transport) throws Exception {
    long before = directMemory();
    AtomicLong sent = new AtomicLong();
    Script bulk =
        connection -> {
          connection.readRequest();
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + BULK + "\r\n\r\n");
          byte[] piece = new byte[1 << 20];
          while (sent.addAndGet(piece.length) <= BULK) {
            connection.out.write(piece);
          }
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(bulk);
        Gateway gateway =
            Gateway.builder().endpoints(endpoint.port()).transport(transport).start();
        RawClient client = new RawClient(gateway.port())) {
      client.send(RawClient.head("GET", "/"));
      client.readHead();
      awaitStandstill(sent);
      assertThat(sent.get()).isLessThan(BULK / 2);
      assertThat(drain(client.in, before)).isEqualTo(BULK);
      Await.until("completed", () -> gateway.engine().ledger().completed() == 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "nio"})
  void aSlowEndpointDoesNotFillTheMemory(String transport) throws Exception {
    long before = directMemory();
    CountDownLatch read = new CountDownLatch(1);
    AtomicLong got = new AtomicLong();
    Script slow =
        connection -> {
          connection.readHead();
          read.await();
          byte[] piece = new byte[1 << 16];
          while (got.get() < BULK) {
            got.addAndGet(connection.in.read(piece));
            assertThat(directMemory() - before).isLessThan(32L << 20);
          }
          connection.send(ok("ok"));
        };
    Duration long_ = Duration.ofMinutes(1);
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(slow);
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .timers(long_, long_, long_)
                .transport(transport)
                .start();
        RawClient client = new RawClient(gateway.port())) {
      client.send(RawClient.head("PUT", "/", "Content-Length: " + BULK));
      AtomicLong sent = new AtomicLong();
      Thread upload =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try {
                  byte[] piece = new byte[1 << 20];
                  while (sent.get() < BULK) {
                    client.out.write(piece);
                    sent.addAndGet(piece.length);
                  }
                } catch (java.io.IOException e) {
                  sent.set(-1);
                }
              });
      awaitStandstill(sent);
      assertThat(sent.get()).isLessThan(BULK / 2);
      assertThat(directMemory() - before).isLessThan(32L << 20);
      read.countDown();
      assertThat(client.read(false).body()).isEqualTo("ok");
      upload.join(10_000);
      assertThat(got.get()).isEqualTo(BULK);
    }
  }

  private static void awaitStandstill(AtomicLong counter) throws Exception {
    long[] last = {-1, System.nanoTime()};
    Await.until(
        "nothing moves any more",
        () -> {
          if (counter.get() != last[0]) {
            last[0] = counter.get();
            last[1] = System.nanoTime();
          }
          return last[0] > 0 && System.nanoTime() - last[1] > 300_000_000L;
        });
  }

  private static long drain(InputStream in, long before) throws Exception {
    long total = 0;
    byte[] piece = new byte[1 << 16];
    int count;
    while (total < BULK && (count = in.read(piece)) >= 0) {
      total += count;
      assertThat(directMemory() - before).isLessThan(32L << 20);
    }
    return total;
  }

  // ---------------------------------------------------------------- tunnel

  private static final String SWITCH =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Key: v\r\n\r\n";

  private static String upgrade() {
    return RawClient.head("GET", "/chat", "Connection: Upgrade", "Upgrade: websocket");
  }

  @Test
  void anUpgradePassesBytesBothWaysUntilTheClientHalfCloses() throws Exception {
    Script echo =
        connection -> {
          assertThat(connection.readHead()).contains("Upgrade: websocket");
          connection.send(SWITCH + "\u0081\u0005early");
          // One frame of nine bytes, masked with nothing: only its header is not echoed.
          connection.in.readNBytes(6);
          connection.send("\u0082\u0009");
          int next;
          while ((next = connection.in.read()) >= 0) {
            connection.out.write(next);
          }
          connection.send("\u0081\u0003bye");
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(echo);
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      client.send(upgrade());
      assertThat(client.readHead())
          .startsWith("HTTP/1.1 101")
          .contains("Upgrade: websocket", "X-Key: v");
      assertThat(latin(client.in.readNBytes(7))).isEqualTo("\u0081\u0005early");
      client.send("\u0082\u0089\0\0\0\0hello");
      assertThat(latin(client.in.readNBytes(7))).isEqualTo("\u0082\u0009hello");
      client.send("last");
      client.socket.shutdownOutput();
      assertThat(latin(client.in.readAllBytes())).isEqualTo("last\u0081\u0003bye");
      Await.until("completed", () -> gateway.engine().ledger().completed() == 1);
      assertThat(gateway.metrics.failures).isEmpty();
    }
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  @RepeatedTest(20) // ended early in one of ten runs while epoll lost half-closed sockets
  void aTunnelCarriesMoreThanFitsIntoTheSockets() throws Exception {
    int bulk = 15 << 20;
    // Headers of one frame of that length, masked with nothing and not masked.
    byte[] masked = {(byte) 0x82, (byte) 0xff, 0, 0, 0, 0, 0, (byte) 0xf0, 0, 0, 0, 0, 0, 0};
    byte[] plain = {(byte) 0x82, 0x7f, 0, 0, 0, 0, 0, (byte) 0xf0, 0, 0};
    Script echo =
        connection -> {
          connection.readHead();
          connection.send(SWITCH);
          connection.in.readNBytes(masked.length);
          connection.out.write(plain);
          byte[] piece = new byte[1 << 16];
          int count;
          while ((count = connection.in.read(piece)) >= 0) {
            connection.out.write(piece, 0, count);
          }
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(echo);
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      client.send(upgrade());
      client.readHead();
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try {
              client.out.write(masked);
              client.out.write(new byte[bulk]);
              client.socket.shutdownOutput();
            } catch (java.io.IOException e) {
              // The reader will miss bytes.
            }
          });
      assertThat(client.in.readAllBytes()).hasSize(plain.length + bulk);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTunnelEndsWithEitherSide(boolean byClient) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Script script =
        connection -> {
          connection.readHead();
          connection.send(SWITCH);
          if (byClient) {
            connection.awaitEnd();
          } else {
            go.await();
            connection.reset();
          }
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(script);
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      client.send(upgrade());
      client.readHead();
      if (byClient) {
        client.reset();
        Await.until("the endpoint sees it", () -> endpoint.closedByPeer.get() == 1);
      } else {
        go.countDown();
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> client.in.readAllBytes())
            .isInstanceOf(java.net.SocketException.class);
      }
      Await.until("aborted", () -> gateway.engine().ledger().aborted() == 1);
    }
  }

  @Test
  void anEndpointMayDeclineTheUpgrade() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      client.send(upgrade());
      assertThat(client.read(false).body()).isEqualTo("ok");
      assertThat(client.request("GET", "/").body()).isEqualTo("ok");
    }
  }
}
