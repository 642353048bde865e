package io.expressgateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.loop.Transport;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same relay over other transports, to endpoints that are named, and for clients that return.
 */
@Timeout(60)
class RelayWaysTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("site.example");
  private static final int BYTES = 3_000_000;

  @TempDir private Path directory;

  static Stream<String> transports() {
    return Stream.of("epoll", "io_uring", "nio").filter(RelayWaysTest::isAvailable);
  }

  private static boolean isAvailable(String transport) {
    try {
      return Transport.of(transport) != null;
    } catch (IllegalArgumentException absent) {
      return false;
    }
  }

  private static void assertRelays(Relays relays, Peer peer) throws Exception {
    byte[] sent = new byte[BYTES];
    new Random(5).nextBytes(sent);
    try (Socket client = relays.connect();
        Socket endpoint = peer.next()) {
      for (Socket[] way : new Socket[][] {{client, endpoint}, {endpoint, client}}) {
        Thread writer =
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    way[0].getOutputStream().write(sent);
                    way[0].shutdownOutput();
                  } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                });
        assertThat(way[1].getInputStream().readAllBytes()).isEqualTo(sent);
        writer.join();
      }
    }
    assertThat(relays.contained).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("transports")
  void passesBytesAndEndsBothWays(String transport) throws Exception {
    try (Peer peer = new Peer();
        Relays relays = Relays.of(Relays.yaml("tcp", "", "", peer.port()), transport)) {
      assertRelays(relays, peer);
    }
  }

  /** As DNS answers it, asked off the event loops. */
  @ParameterizedTest
  @MethodSource("transports")
  void findsEndpointsByName(String transport) throws Exception {
    try (Peer peer = new Peer();
        Relays relays =
            Relays.of(
                Relays.yaml("tcp", "", "", peer.port())
                    .replace("127.0.0.1:" + peer.port(), "localhost:" + peer.port()),
                transport)) {
      assertRelays(relays, peer);
    }
  }

  @Test
  void aClientOfATlsListenerComesBackByItsTicket() throws Exception {
    Path session = directory.resolve("session");
    try (Peer peer = new Peer();
        Relays relays =
            Relays.of(
                Relays.yaml(
                    "tls",
                    "tls: { certificates: [ { certificate: \"%s\", private-key: \"%s\" } ] }"
                        .formatted(
                            TestCertificates.chainFile(directory, "site.crt", SITE),
                            TestCertificates.keyFile(directory, "site.key", SITE)),
                    "",
                    peer.port()))) {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try {
              while (true) {
                try (Socket endpoint = peer.next()) {
                  // One byte makes the client read the tickets that come before it.
                  endpoint.getOutputStream().write('!');
                }
              }
            } catch (Exception | AssertionError over) {
              // The test is over.
            }
          });
      String first = openssl(relays.port(), "-sess_out", session.toString());
      String second = openssl(relays.port(), "-sess_in", session.toString());

      assertThat(first).contains("New, TLSv1.3");
      assertThat(second).contains("Reused, TLSv1.3");
    }
  }

  private static String openssl(int port, String... more) throws Exception {
    java.util.List<String> command =
        new java.util.ArrayList<>(
            java.util.List.of(
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + port,
                "-servername",
                "site.example",
                "-ign_eof"));
    command.addAll(java.util.List.of(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return said;
  }
}
