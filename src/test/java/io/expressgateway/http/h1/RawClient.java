package io.expressgateway.http.h1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A client on a plain socket: sends the bytes that it is given and reads what comes back. */
public final class RawClient implements Closeable {

  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket;
  private final InputStream in;

  public RawClient(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** A client on a connection that is made already. */
  public RawClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new BufferedInputStream(socket.getInputStream(), 1024);
  }

  /** A client whose receive buffer is small, so that it stalls the sender early. */
  static RawClient withReceiveBuffer(int port, int bytes) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(bytes);
    socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return new RawClient(socket);
  }

  Socket socket() {
    return socket;
  }

  /** The bytes that come back, for tests that take only some of them. */
  InputStream in() {
    return in;
  }

  public RawClient send(String bytes) throws IOException {
    return send(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  public RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** A usual GET on this path. */
  public RawClient get(String path) throws IOException {
    return send("GET " + path + " HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
  }

  public void halfClose() throws IOException {
    socket.shutdownOutput();
  }

  /** The next head, unread no longer; fails at the end of the connection. */
  public void awaitHead() throws IOException {
    if (readHead() == null) {
      throw new EOFException("the connection ended instead of a head");
    }
  }

  /** The next head, which may be an interim one; null at the end of the connection. */
  String readHead() throws IOException {
    return Wire.readHead(in);
  }

  /** The next final response to anything but HEAD. */
  public Response read() throws IOException {
    return read(false);
  }

  public Response read(boolean toHead) throws IOException {
    String head = readHead();
    if (head == null) {
      throw new EOFException("the connection ended instead of a response");
    }
    int status = Integer.parseInt(head.substring(9, 12));
    String length = Wire.value(head, "Content-Length");
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    String trailers = "";
    if (toHead || status < 200 || status == 204 || status == 304) {
      return new Response(status, head, new byte[0], "");
    } else if ("chunked".equals(Wire.value(head, "Transfer-Encoding"))) {
      trailers = Wire.readChunks(in, body);
    } else if (length != null) {
      byte[] bytes = in.readNBytes(Integer.parseInt(length));
      if (bytes.length < Integer.parseInt(length)) {
        throw new EOFException("the response is truncated after " + bytes.length);
      }
      body.write(bytes);
    } else {
      in.transferTo(body);
    }
    return new Response(status, head, body.toByteArray(), trailers);
  }

  /** Whether the gateway has ended the connection: blocks until it does or sends something. */
  public boolean isEnded() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** A response as it came. */
  public record Response(int status, String head, byte[] bytes, String trailers) {

    public String body() {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    public String header(String name) {
      return Wire.value(head, name);
    }

    public List<String> all(String name) {
      return Wire.values(head, name);
    }
  }
}
