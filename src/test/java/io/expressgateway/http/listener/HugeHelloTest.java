package io.expressgateway.http.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.tls.TestCertificates;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
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
