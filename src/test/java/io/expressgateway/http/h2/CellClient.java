package io.expressgateway.http.h2;

import io.expressgateway.http.h1.RawClient;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A client that asks the same in either protocol, one request on one connection. */
abstract class CellClient implements Closeable {

  /** What came: interim statuses, the status, a field of interest, the body, the trailers' echo. */
  record Answer(List<Integer> interim, int status, String length, String body, String echo) {}

  static CellClient of(boolean isHttp2, Socket connected) throws IOException {
    return isHttp2 ? new OverHttp2(connected) : new OverHttp1(connected);
  }

  /** Sends a head that a body follows. */
  abstract void begin(String path, String... fields) throws IOException;

  abstract void data(String text) throws IOException;

  abstract void end() throws IOException;

  abstract void endWithTrailer(String name, String value) throws IOException;

  /** A request without a body. */
  abstract void request(String method, String path, String... fields) throws IOException;

  abstract Answer answer(boolean toHead) throws Exception;

  /** Reads no more than the final head. */
  abstract void awaitHead() throws Exception;

  /** Takes the request back. */
  abstract void cancel() throws IOException;

  /** Whether the response breaks off: a reset, and no clean end. */
  abstract boolean isBroken() throws Exception;

  /** Sends body for as long as the gateway takes it, counting into {@code taken}; blocks. */
  abstract void upload(AtomicLong taken) throws IOException;

  private static final class OverHttp1 extends CellClient {
    private final RawClient client;

    OverHttp1(Socket connected) throws IOException {
      client = new RawClient(connected);
    }

    private static String head(String method, String path, String... fields) {
      StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: test\r\n");
      for (int i = 0; i < fields.length; i += 2) {
        head.append(fields[i]).append(": ").append(fields[i + 1]).append("\r\n");
        if (fields[i].equals("te")) {
          head.append("connection: te\r\n");
        }
      }
      return head.toString();
    }

    @Override
    void begin(String path, String... fields) throws IOException {
      client.send(head("POST", path, fields) + "transfer-encoding: chunked\r\n\r\n");
    }

    @Override
    void data(String text) throws IOException {
      client.send(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    @Override
    void end() throws IOException {
      client.send("0\r\n\r\n");
    }

    @Override
    void endWithTrailer(String name, String value) throws IOException {
      client.send("0\r\n" + name + ": " + value + "\r\n\r\n");
    }

    @Override
    void request(String method, String path, String... fields) throws IOException {
      client.send(head(method, path, fields) + "\r\n");
    }

    @Override
    Answer answer(boolean toHead) throws IOException {
      List<Integer> interim = new ArrayList<>();
      RawClient.Response response = client.read(toHead);
      while (response.status() < 200) {
        interim.add(response.status());
        response = client.read(toHead);
      }
      return new Answer(
          interim,
          response.status(),
          response.header("content-length"),
          response.body(),
          response.trailers().strip().replaceAll("(?i)^x-echo: ", ""));
    }

    @Override
    void awaitHead() throws IOException {
      client.awaitHead();
    }

    @Override
    void cancel() throws IOException {
      client.close();
    }

    @Override
    boolean isBroken() {
      try {
        client.read();
        return false;
      } catch (IOException broken) {
        return true;
      }
    }

    @Override
    void upload(AtomicLong taken) throws IOException {
      String piece = "x".repeat(CellEndpoint.PIECE);
      while (true) {
        data(piece);
        taken.addAndGet(piece.length());
      }
    }

    @Override
    public void close() throws IOException {
      client.close();
    }
  }

  private static final class OverHttp2 extends CellClient {
    private final RawHttp2 client;

    OverHttp2(Socket connected) throws IOException {
      client = new RawHttp2(connected);
      client.settings();
    }

    private static byte[] block(String method, String path, String... fields) {
      ByteArrayOutputStream block = new ByteArrayOutputStream();
      RawHttp2.literal(block, ":method", method);
      RawHttp2.literal(block, ":scheme", "http");
      RawHttp2.literal(block, ":path", path);
      RawHttp2.literal(block, ":authority", "test");
      for (int i = 0; i < fields.length; i += 2) {
        RawHttp2.literal(block, fields[i], fields[i + 1]);
      }
      return block.toByteArray();
    }

    @Override
    void begin(String path, String... fields) throws IOException {
      client.frame(RawHttp2.HEADERS, 4, 1, block("POST", path, fields)).send();
    }

    @Override
    void data(String text) throws IOException {
      client.frame(RawHttp2.DATA, 0, 1, text.getBytes(StandardCharsets.US_ASCII)).send();
    }

    @Override
    void end() throws IOException {
      client.frame(RawHttp2.DATA, 1, 1, new byte[0]).send();
    }

    @Override
    void endWithTrailer(String name, String value) throws IOException {
      ByteArrayOutputStream block = new ByteArrayOutputStream();
      RawHttp2.literal(block, name, value);
      client.frame(RawHttp2.HEADERS, 5, 1, block.toByteArray()).send();
    }

    @Override
    void request(String method, String path, String... fields) throws IOException {
      client.frame(RawHttp2.HEADERS, 5, 1, block(method, path, fields)).send();
    }

    @Override
    Answer answer(boolean toHead) throws Exception {
      List<Integer> interim = new ArrayList<>();
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      String echo = "";
      Http2Headers head = null;
      while (true) {
        RawHttp2.Frame frame = client.read();
        if (frame.type() == RawHttp2.HEADERS) {
          Http2Headers fields = client.fields(frame);
          if (fields.status() == null) {
            echo = String.valueOf(fields.get("x-echo"));
          } else if (fields.status().charAt(0) == '1') {
            interim.add(Integer.parseInt(fields.status().toString()));
          } else {
            head = fields;
          }
        } else if (frame.type() == RawHttp2.DATA) {
          body.writeBytes(frame.payload());
        } else if (frame.type() == RawHttp2.RST_STREAM || frame.type() == RawHttp2.GOAWAY) {
          throw new IOException("reset with " + frame.number(0));
        }
        boolean carriesEnd = frame.type() == RawHttp2.HEADERS || frame.type() == RawHttp2.DATA;
        if (carriesEnd && (frame.flags() & 1) != 0) {
          break;
        }
      }
      CharSequence length = head.get("content-length");
      return new Answer(
          interim,
          Integer.parseInt(head.status().toString()),
          length == null ? null : length.toString(),
          body.toString(StandardCharsets.US_ASCII),
          echo);
    }

    @Override
    void awaitHead() throws Exception {
      client.awaitFields();
    }

    @Override
    void cancel() throws IOException {
      client.frame(RawHttp2.RST_STREAM, 0, 1, RawHttp2.number(8)).send();
    }

    @Override
    boolean isBroken() throws Exception {
      try {
        answer(false);
        return false;
      } catch (IOException broken) {
        return true;
      }
    }

    @Override
    void upload(AtomicLong taken) throws IOException {
      long window = 64 * 1024;
      long sent = 0;
      byte[] piece = new byte[16_384];
      while (true) {
        while (sent + piece.length <= window) {
          client.frame(RawHttp2.DATA, 0, 1, piece).send();
          sent += piece.length;
          taken.set(sent);
        }
        RawHttp2.Frame update = client.await(RawHttp2.WINDOW_UPDATE);
        if (update.stream() == 1) {
          window += update.number(0);
        }
      }
    }

    @Override
    public void close() throws IOException {
      client.close();
    }
  }
}
