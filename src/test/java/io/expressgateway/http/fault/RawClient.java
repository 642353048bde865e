package io.expressgateway.http.fault;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A client on a plain socket that tells a clean end from a truncated response. */
public final class RawClient implements Closeable {

  public final Socket socket;
  public final InputStream in;
  public final OutputStream out;

  public RawClient(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(15_000);
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /** One request on a connection of its own. */
  public static Response get(int port, String target) throws IOException {
    try (RawClient client = new RawClient(port)) {
      return client.request("GET", target);
    }
  }

  public Response request(String method, String target, String... headers) throws IOException {
    send(head(method, target, headers));
    return read(method.equals("HEAD"));
  }

  public static String head(String method, String target, String... headers) {
    StringBuilder text = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: test\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    return text.append("\r\n").toString();
  }

  public Response post(String method, String target, String body) throws IOException {
    send(head(method, target, "Content-Length: " + body.length()) + body);
    return read(false);
  }

  public void send(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /** Ends the connection with a reset. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** A response. {@code complete} is false when its body was cut short. */
  public record Response(int status, String head, String body, boolean complete) {
    public String header(String name) {
      String key = "\r\n" + name.toLowerCase(Locale.ROOT) + ":";
      int at = head.toLowerCase(Locale.ROOT).indexOf(key);
      return at < 0 ? "" : head.substring(at + key.length(), head.indexOf("\r\n", at + 2)).strip();
    }
  }

  public Response read(boolean bodiless) throws IOException {
    String head = readHead();
    int status = Integer.parseInt(head.substring(9, 12));
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    boolean complete = true;
    Response framing = new Response(status, head, "", true);
    if (!bodiless && status != 204 && status != 304 && status >= 200) {
      try {
        complete = readBody(framing, body);
      } catch (java.net.SocketTimeoutException e) {
        throw e;
      } catch (IOException e) {
        complete = false;
      }
    }
    return new Response(status, head, body.toString(StandardCharsets.ISO_8859_1), complete);
  }

  /** Up to and with the empty line; the status line is preceded by nothing. */
  public String readHead() throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("after '" + text + "'");
      }
      text.append((char) next);
    }
    return text.toString();
  }

  private boolean readBody(Response framing, ByteArrayOutputStream body) throws IOException {
    if (framing.header("transfer-encoding").equals("chunked")) {
      return readChunks(body);
    }
    String length = framing.header("content-length");
    if (length.isEmpty()) {
      in.transferTo(body);
      return true;
    }
    int left = Integer.parseInt(length);
    while (left > 0) {
      int next = in.read();
      if (next < 0) {
        return false;
      }
      body.write(next);
      left--;
    }
    return true;
  }

  private boolean readChunks(ByteArrayOutputStream body) throws IOException {
    while (true) {
      int size = Integer.parseInt(line(), 16);
      if (size == 0) {
        while (!line().isEmpty()) {}
        return true;
      }
      for (int i = 0; i < size; i++) {
        int next = in.read();
        if (next < 0) {
          return false;
        }
        body.write(next);
      }
      line();
    }
  }

  private String line() throws IOException {
    StringBuilder text = new StringBuilder();
    int next;
    while ((next = in.read()) != '\n') {
      if (next < 0) {
        throw new EOFException();
      }
      text.append((char) next);
    }
    return text.toString().strip();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
