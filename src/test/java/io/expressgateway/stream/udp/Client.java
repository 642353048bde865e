package io.expressgateway.stream.udp;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A client of one address, connected to the gateway: it takes answers from nowhere else. */
public final class Client implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 10_000;

  private final DatagramSocket socket;

  private Client(DatagramSocket socket) {
    this.socket = socket;
  }

  public static Client of(InetSocketAddress gateway) throws IOException {
    return of(gateway, null);
  }

  public static Client of(InetSocketAddress gateway, @Nullable String ip) throws IOException {
    DatagramSocket socket =
        ip == null
            ? new DatagramSocket()
            : new DatagramSocket(new InetSocketAddress(InetAddress.getByName(ip), 0));
    socket.connect(gateway);
    socket.setReceiveBufferSize(4 << 20);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return new Client(socket);
  }

  public Client send(byte[] payload) throws IOException {
    socket.send(new DatagramPacket(payload, payload.length));
    return this;
  }

  public Client send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.US_ASCII));
  }

  public byte[] receive() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
    socket.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  /** Sends and waits for the answer. */
  public String ask(String text) throws IOException {
    send(text);
    return new String(receive(), StandardCharsets.US_ASCII);
  }

  /** Asks again until there is an answer: datagrams may be lost while an endpoint goes. */
  public String askUntilAnswered(String text) throws IOException {
    socket.setSoTimeout(200);
    for (int i = 0; i < 50; i++) {
      try {
        return ask(text);
      } catch (SocketTimeoutException e) {
        // Once more.
      }
    }
    throw new SocketTimeoutException("no answer to " + text);
  }

  public int port() {
    return socket.getLocalPort();
  }

  @Override
  public void close() {
    socket.close();
  }
}
