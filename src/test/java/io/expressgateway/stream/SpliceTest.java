package io.expressgateway.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressgateway.http.fault.Await;
import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bulk that passes within the kernel keeps what copied bytes have: content, order, ends, limits.
 */
class SpliceTest {

  private static final int BULK = 80 * 1024 * 1024;
  private static final Executor THREADS = task -> Thread.ofPlatform().daemon().start(task);

  private Set<String> pipesBefore = Set.of();

  @BeforeEach
  void rememberPipes() throws IOException {
    pipesBefore = pipes();
  }

  @AfterEach
  void noPipeIsLeft() throws IOException {
    assertThat(newPipes()).isEmpty();
  }

  /** The pipes of this process, by inode. */
  private static Set<String> pipes() throws IOException {
    Set<String> found = new HashSet<>();
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      open.forEach(link -> {
        try {
          String to = Files.readSymbolicLink(link).toString();
          if (to.startsWith("pipe:")) {
            found.add(to);
          }
        } catch (IOException closedMeanwhile) {
          // Nobody's any more.
        }
      });
    }
    return found;
  }

  private Set<String> newPipes() throws IOException {
    Set<String> now = pipes();
    now.removeAll(pipesBefore);
    return now;
  }

  // ---------------------------------------------------------------- content

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "nio"})
  void bulkPassesBothWaysAtOnceUnchanged(String transport) throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.of(Relays.yaml("tcp", "", "", peer.port()), transport);
        Socket client = relays.connect();
        Socket endpoint = peer.next()) {
      CompletableFuture<byte[]> up = send(client, BULK, 1);
      CompletableFuture<byte[]> down = send(endpoint, BULK, 2);
      CompletableFuture<byte[]> atEndpoint = receive(endpoint);
      CompletableFuture<byte[]> atClient = receive(client);

      assertThat(atEndpoint.get()).isEqualTo(up.get());
      assertThat(atClient.get()).isEqualTo(down.get());
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst())
          .extracting(Relays.Ended::end, Relays.Ended::bytesIn, Relays.Ended::bytesOut)
          .containsExactly(FlowEnd.DONE, (long) BULK, (long) BULK);
      assertThat(relays.contained).isEmpty();
      assertThat(newPipes().isEmpty()).isEqualTo(transport.equals("nio"));
    }
  }

  @Test
  void smallMessagesBetweenBulkKeepTheirPlace() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("", "", peer.port());
        Socket client = relays.connect();
        Socket endpoint = peer.next()) {
      CompletableFuture<byte[]> received = receive(client);
      MessageDigest sent = MessageDigest.getInstance("SHA-256");
      byte[] bulk = new byte[4 * 1024 * 1024];
      byte[] small = new byte[100];
      Random random = new Random(3);
      OutputStream out = endpoint.getOutputStream();
      for (int round = 0; round < 5; round++) {
        random.nextBytes(bulk);
        sent.update(bulk);
        out.write(bulk);
        for (int i = 0; i < 200; i++) {
          random.nextBytes(small);
          sent.update(small);
          out.write(small);
        }
      }
      endpoint.shutdownOutput();
      assertThat(received.get()).isEqualTo(sent.digest());
      assertThat(newPipes()).isNotEmpty();
    }
  }

  // ---------------------------------------------------------------- ends

  @Test
  void aFinPassesBehindWhatWaitsInThePipeAndTheOtherDirectionGoesOn() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("", "", peer.port());
        Socket client = relays.connect();
        Socket endpoint = peer.next()) {
      CompletableFuture<byte[]> sent = send(endpoint, BULK, 4);
      Await.until("a pipe holds what the client does not take", () -> !newPipes().isEmpty());
      assertThat(receive(client).get()).isEqualTo(sent.get());

      client.getOutputStream().write(7);
      assertThat(endpoint.getInputStream().read()).isEqualTo(7);
      assertThat(receive(endpoint, send(client, BULK, 5))).isTrue();
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst())
          .extracting(Relays.Ended::end, Relays.Ended::bytesIn, Relays.Ended::bytesOut)
          .containsExactly(FlowEnd.DONE, BULK + 1L, (long) BULK);
    }
  }

  @Test
  void aResetInTheMiddleReachesTheReceiverAsAReset() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("", "", peer.port());
        Socket client = relays.connect();
        Socket endpoint = peer.next()) {
      byte[] bulk = new byte[8 * 1024 * 1024];
      CompletableFuture<Void> written =
          CompletableFuture.runAsync(() -> write(endpoint, bulk), THREADS);
      client.getInputStream().readNBytes(bulk.length);
      written.get();
      assertThat(newPipes()).isNotEmpty();
      reset(endpoint);

      assertThatThrownBy(() -> client.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst())
          .extracting(Relays.Ended::end, Relays.Ended::bytesOut)
          .containsExactly(FlowEnd.ENDPOINT_RESET, (long) bulk.length);
      assertThat(relays.contained).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aResetWhileAPipeHoldsBytesEndsBothSides(boolean byReceiver) throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("", "", peer.port());
        Socket client = relays.connect();
        Socket endpoint = peer.next()) {
      CompletableFuture<byte[]> sending = send(endpoint, BULK, 6);
      Await.until("a pipe holds what the client does not take", () -> !newPipes().isEmpty());
      reset(byReceiver ? client : endpoint);

      assertThatThrownBy(sending::get).hasRootCauseInstanceOf(SocketException.class);
      if (!byReceiver) {
        assertThatThrownBy(
                () -> client.getInputStream().transferTo(OutputStream.nullOutputStream()))
            .isInstanceOf(SocketException.class)
            .hasMessageContaining("reset");
      }
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst().end())
          .isEqualTo(byReceiver ? FlowEnd.CLIENT_RESET : FlowEnd.ENDPOINT_RESET);
      assertThat(relays.contained).isEmpty();
    }
  }

  // ---------------------------------------------------------------- limits

  @Test
  void aReceiverThatTakesNothingStalls() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("relay: { write-stall-timeout: 1s }", "", peer.port());
        Socket client = relays.connect();
        Socket endpoint = peer.next()) {
      CompletableFuture<byte[]> sending = send(endpoint, BULK, 8);
      assertThat(client.getInputStream().read()).isNotEqualTo(-1);
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst().end()).isEqualTo(FlowEnd.CLIENT_STALLED);
      assertThatThrownBy(sending::get).hasRootCauseInstanceOf(SocketException.class);
    }
  }

  @Test
  void silenceBehindBulkIsIdle() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("relay: { idle-timeout: 1s }", "", peer.port());
        Socket client = relays.connect();
        Socket endpoint = peer.next()) {
      byte[] bulk = new byte[16 * 1024 * 1024];
      CompletableFuture<Void> written =
          CompletableFuture.runAsync(() -> write(endpoint, bulk), THREADS);
      assertThat(client.getInputStream().readNBytes(bulk.length)).hasSize(bulk.length);
      written.get();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      Await.until("the flow ends", () -> relays.ended.size() == 1);
      assertThat(relays.ended.getFirst().end()).isEqualTo(FlowEnd.IDLE);
    }
  }

  @Test
  void pipesOfFlowsThatEndAreClosed() throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.tcp("", "", peer.port())) {
      Set<Socket> open = new HashSet<>();
      for (int i = 0; i < 16; i++) {
        open.add(relays.connect());
        Socket endpoint = peer.next();
        open.add(endpoint);
        send(endpoint, BULK, i);
      }
      Await.until("pipes hold what is not taken", () -> newPipes().size() >= 16);
      for (Socket socket : open) {
        socket.close();
      }
      Await.until("all flows end", () -> relays.ended.size() == 16);
      // Two loops keep a few for those to come.
      assertThat(newPipes()).hasSizeLessThanOrEqualTo(2 * 4);
    }
  }

  @Test
  void whereThereIsNoSplicingNoPipeIsGiven() throws IOException {
    Pipes pipes = new Pipes();
    Pipe pipe = pipes.take();
    assertThat(pipes.isRefusal(Errors.newIOException("splice", Errors.ERRNO_ECONNRESET_NEGATIVE)))
        .isFalse();
    assertThat(pipes.isRefusal(Errors.newIOException("splice", -22))).isTrue(); // EINVAL
    pipes.giveBack(pipe);
    assertThat(pipes.take()).isNull();
  }

  // ---------------------------------------------------------------- helpers

  private static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private static void write(Socket to, byte[] bytes) {
    try {
      to.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends bytes of a seed, then a FIN; completes with their hash. */
  private static CompletableFuture<byte[]> send(Socket to, int count, int seed) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            Random random = new Random(seed);
            byte[] piece = new byte[64 * 1024];
            for (int left = count; left > 0; left -= piece.length) {
              random.nextBytes(piece);
              digest.update(piece);
              to.getOutputStream().write(piece);
            }
            to.shutdownOutput();
            return digest.digest();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
          }
        },
        THREADS);
  }

  /** Reads to the end; completes with the hash. */
  private static CompletableFuture<byte[]> receive(Socket from) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[256 * 1024];
            InputStream in = from.getInputStream();
            for (int count = in.read(piece); count > 0; count = in.read(piece)) {
              digest.update(piece, 0, count);
            }
            return digest.digest();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
          }
        },
        THREADS);
  }

  private static boolean receive(Socket from, CompletableFuture<byte[]> sent) throws Exception {
    return MessageDigest.isEqual(receive(from).get(), sent.get());
  }
}
