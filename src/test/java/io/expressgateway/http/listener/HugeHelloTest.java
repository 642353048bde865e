package io.expressgateway.http.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A ClientHello beyond 16 KiB, announced or sent, ends with a fatal alert. */
class HugeHelloTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("site.example");

  /** decode_error, fatal, in a record of clear text. */
  private static final byte[] ALERT = {21, 3, 3, 0, 2, 2, 50};

  private RawEndpoint endpoint;
  private Gateway gateway;
  private SecureClient neighbour;

  @BeforeEach
  void start() throws Exception {
    endpoint = RawEndpoint.echoingTarget();
    gateway = SecureClient.gateway(endpoint, TestCertificates.spec(SITE));
    neighbour = SecureClient.connect(CERTIFICATES.trusting(null), gateway, "site.example");
  }

  @AfterEach
  void theNeighbourIsServedOn() throws Exception {
    Await.until("counted", () -> gateway.metrics.security.contains("tls-handshake:close"));
    assertThat(neighbour.get("site.example", "/n")).endsWith("/n");
    assertThat(gateway.metrics.contained).isEmpty();
    neighbour.close();
    gateway.close();
    endpoint.close();
  }

  @Test
  void aLengthBeyondTheLimitIsRefusedAtOnce() throws Exception {
    try (Socket client = connect()) {
      // A record of 64 bytes whose message says that it has a million.
      ByteBuffer record = ByteBuffer.allocate(69);
      record.put(new byte[] {22, 3, 1, 0, 64, 1, 0x0f, 0x42, 0x40, 3, 3});
      client.getOutputStream().write(record.array());
      assertThat(answer(client)).isEqualTo(ALERT);
    }
  }

  @Test
  void recordsWithoutEndAreRefusedAtTheLimit() throws Exception {
    // 15 kB are announced, and come in records of one byte: six bytes on the wire for each.
    byte[] first = {22, 3, 1, 0, 4, 1, 0, 0x3a, (byte) 0x98};
    byte[] one = {22, 3, 1, 0, 1, 0};
    try (Socket client = connect()) {
      ByteBuffer all = ByteBuffer.allocate(first.length + 14_000 * one.length).put(first);
      for (int i = 0; i < 14_000; i++) {
        all.put(one);
      }
      sendUntilClosed(client, all.array(), 1024);
      assertThat(alertOf(client)).isEqualTo(ALERT);
    }
  }

  @Test
  void aHelloInHundredsOfSegmentsIsRefused() throws Exception {
    // Each segment would make the reader begin again from the first record.
    byte[] record = new byte[5 + 2000];
    Arrays.fill(record, (byte) 1);
    ByteBuffer.wrap(record).put(new byte[] {22, 3, 1, 7, (byte) 0xd0, 1, 0, 7, (byte) 0xcc});
    try (Socket client = connect()) {
      OutputStream out = client.getOutputStream();
      int written = 0;
      try {
        // The last byte is held back, so that only the count of pieces can end it.
        for (; written < record.length - 1; written++) {
          out.write(record, written, 1);
          if (written % 8 == 0) {
            Await.until("taken", () -> isTaken(client));
          }
        }
      } catch (IOException closed) {
        // As it should be.
      }
      assertThat(alertOf(client)).isEqualTo(ALERT);
    }
  }

  /**
   * Nothing to be seen from outside says that a byte was read; a turn of the scheduler is enough.
   */
  private static boolean isTaken(Socket client) {
    Thread.yield();
    return client.isConnected();
  }

  private Socket connect() throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
    client.setTcpNoDelay(true);
    client.setSoTimeout(15_000);
    return client;
  }

  private static void sendUntilClosed(Socket client, byte[] bytes, int step) {
    try {
      for (int at = 0; at < bytes.length; at += step) {
        client.getOutputStream().write(bytes, at, Math.min(step, bytes.length - at));
      }
    } catch (IOException closed) {
      // As it should be.
    }
  }

  private static byte[] answer(Socket client) throws IOException {
    return client.getInputStream().readAllBytes();
  }

  /** The alert; a reset may follow it, because more had been sent than was read. */
  private static byte[] alertOf(Socket client) throws IOException {
    return client.getInputStream().readNBytes(ALERT.length);
  }
}
