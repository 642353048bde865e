package io.expressgateway.blackbox;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client connection of which every byte is visible: GETs without body, one at a time. */
final class RawConnection implements AutoCloseable {

  /** A complete response. */
  record Response(int status, String head, byte[] body) {

    boolean asksToClose() {
      return head.toLowerCase(java.util.Locale.ROOT).contains("\r\nconnection: close\r\n");
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  private final Socket socket;
  private final InputStream in;

  /** Connects. */
  RawConnection(InetSocketAddress address) throws IOException {
    socket = new Socket();
    try {
      socket.connect(address, 10_000);
      socket.setSoTimeout(60_000);
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Sends a GET. */
  void sendGet(String target, String... headerLines) throws IOException {
    StringBuilder head = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String line : headerLines) {
      head.append(line).append("\r\n");
    }
    socket
        .getOutputStream()
        .write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  /**
   * Reads a response that has a Content-Length; null when the connection ended before its first
   * byte.
   *
   * @throws IOException when it ended within the response
   */
  Response read() throws IOException {
    int first;
    try {
      first = in.read();
    } catch (java.net.SocketException reset) {
      return null;
    }
    if (first < 0) {
      return null;
    }
    StringBuilder head = new StringBuilder().append((char) first);
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the connection ended within the head: " + head);
      }
      head.append((char) next);
    }
    String text = head.toString();
    int length = contentLength(text);
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new IOException("the connection ended within the body");
    }
    return new Response(Integer.parseInt(text.substring(9, 12)), text, body);
  }

  private static int contentLength(String head) throws IOException {
    for (String line : head.split("\r\n", -1)) {
      if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
        return Integer.parseInt(line.substring(15).strip());
      }
    }
    throw new IOException("no Content-Length in " + head);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
