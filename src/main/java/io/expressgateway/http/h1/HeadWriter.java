package io.expressgateway.http.h1;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.RequestHead;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Writes heads (RFC 9112 sections 3 to 5). Header lines that nobody touched are copied as they
 * came, in as few pieces as they lie in.
 */
final class HeadWriter {

  private static final byte[] HTTP_1_1 =
      " HTTP/1.1\r\nHost: ".getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] COLON = {':', ' '};
  private static final byte[] CRLF = {'\r', '\n'};
  private static final byte[] CHUNKED =
      "Transfer-Encoding: chunked\r\n".getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] CLOSE = "Connection: close\r\n".getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] KEEP_ALIVE =
      "Connection: keep-alive\r\n".getBytes(StandardCharsets.ISO_8859_1);

  private HeadWriter() {}

  /** The request line and Host. Nothing in them can hold a line end: codecs and filters checked. */
  static void requestLine(ByteBuf out, RequestHead head, String host) {
    ascii(out, head.method());
    out.writeByte(' ');
    target(out, head.path());
    String query = head.query();
    if (query != null) {
      out.writeByte('?');
      target(out, query);
    }
    out.writeBytes(HTTP_1_1);
    ascii(out, host);
    out.writeBytes(CRLF);
  }

  private static void ascii(ByteBuf out, String text) {
    out.writeCharSequence(text, StandardCharsets.ISO_8859_1);
  }

  /**
   * The target again, refused when a filter put a byte into it that would end or split the line.
   */
  private static void target(ByteBuf out, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c >= 0x7f) {
        throw new IllegalArgumentException(
            "the request target holds a character that must be percent-encoded, at " + i);
      }
    }
    ascii(out, text);
  }

  /** All fields of a block. */
  static void fields(ByteBuf out, HeaderBlock block) {
    byte[] bytes = block.array();
    int size = block.size();
    int i = 0;
    while (i < size) {
      int from = block.nameOffset(i);
      int next = block.lineRunEnd(i);
      if (next > i) {
        out.writeBytes(bytes, from, block.lineEnd(next - 1) - from);
        i = next;
      } else {
        out.writeBytes(bytes, from, block.nameLength(i));
        out.writeBytes(COLON);
        out.writeBytes(bytes, block.valueOffset(i), block.valueLength(i));
        out.writeBytes(CRLF);
        i++;
      }
    }
  }

  static void chunked(ByteBuf out) {
    out.writeBytes(CHUNKED);
  }

  static void close(ByteBuf out) {
    out.writeBytes(CLOSE);
  }

  static void keepAlive(ByteBuf out) {
    out.writeBytes(KEEP_ALIVE);
  }

  static void end(ByteBuf out) {
    out.writeBytes(CRLF);
  }
}
