package io.expressgateway.http.websocket;

import io.expressgateway.tls.Link;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One end of a WebSocket, over whichever HTTP: bytes in, bytes out, and two ways to end. */
abstract class Peer implements Closeable {

  /** What the other end said in its head: {@code name: value} lines, names in lower case. */
  final String head;

  /** The status that the client got; for an endpoint 0. */
  final int status;

  /** The connection below. */
  final Link link;

  final InputStream in;
  final OutputStream out;

  private Peer(Link link, String head, int status, InputStream in, OutputStream out) {
    this.link = link;
    this.head = head;
    this.status = status;
    this.in = in;
    this.out = out;
  }

  /** The only value of a field; null when it is absent. */
  String header(String name) {
    String key = "\n" + name.toLowerCase(Locale.ROOT) + ": ";
    int at = ("\n" + head).indexOf(key);
    return at < 0 ? null : head.substring(at + key.length() - 1, head.indexOf('\n', at + 1));
  }

  void send(byte[]... frames) throws IOException {
    for (byte[] frame : frames) {
      out.write(frame);
    }
    out.flush();
  }

  /** The next frame; null at a clean end. */
  Frames.Frame read() throws IOException {
    return Frames.read(in);
  }

  /** Sends nothing more. */
  abstract void end() throws IOException;

  /** Ends both directions so that the other end notices. */
  abstract void reset() throws IOException;

  /** Whether what is left is a clean end; false for a reset. */
  boolean endsCleanly() throws IOException {
    try {
      while (in.read() >= 0) {}
      return true;
    } catch (java.net.SocketTimeoutException | java.io.EOFException waited) {
      throw waited;
    } catch (IOException reset) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    link.close();
  }

  /** Bytes to send as Latin-1, for what is no frame. */
  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  static Peer over(Link link, String head, int status) throws IOException {
    InputStream in = link.stream().getInputStream();
    return new Peer(link, head, status, in, link.stream().getOutputStream()) {
      @Override
      void end() throws IOException {
        link.finish();
      }

      @Override
      void reset() throws IOException {
        link.reset();
      }
    };
  }

  static Peer over(Http2Wire wire, Http2Wire.Stream stream, String head, int status) {
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int from, int count) throws IOException {
            stream.send(bytes, from, count);
          }
        };
    return new Peer(wire.link, head, status, stream.input, out) {
      @Override
      void end() throws IOException {
        stream.end();
      }

      @Override
      void reset() throws IOException {
        stream.reset(Http2Wire.CANCEL);
      }
    };
  }
}
