package io.expressgateway.http.h1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Plain reading of HTTP/1.1 for the fixtures; trusts what it reads. */
final class Wire {

  private Wire() {}

  /** Everything up to the empty line; null when the stream ends before the first byte. */
  static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder(256);
    while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
      int b = in.read();
      if (b < 0) {
        if (head.isEmpty()) {
          return null;
        }
        throw new EOFException("truncated head: " + head);
      }
      head.append((char) b);
    }
    return head.toString();
  }

  /** Reads chunks to the end; the trailer lines. */
  static String readChunks(InputStream in, ByteArrayOutputStream to) throws IOException {
    while (true) {
      String line = readLine(in);
      int size = Integer.parseInt(line, 16);
      if (size == 0) {
        break;
      }
      byte[] chunk = in.readNBytes(size);
      if (chunk.length < size) {
        throw new EOFException("truncated chunk");
      }
      to.write(chunk);
      if (!readLine(in).isEmpty()) {
        throw new IOException("a chunk does not end with CRLF");
      }
    }
    StringBuilder trailers = new StringBuilder();
    for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
      trailers.append(line).append("\r\n");
    }
    return trailers.toString();
  }

  static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("truncated line: " + line);
      }
      if (b == '\n' && !line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
        return line.substring(0, line.length() - 1);
      }
      line.append((char) b);
    }
  }

  static List<String> values(String head, String name) {
    List<String> values = new ArrayList<>();
    for (String line : head.split("\r\n")) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
        values.add(line.substring(colon + 1).strip());
      }
    }
    return values;
  }

  static String value(String head, String name) {
    List<String> values = values(head, name);
    if (values.size() > 1) {
      throw new AssertionError(name + " is repeated: " + values);
    }
    return values.isEmpty() ? null : values.getFirst();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
