package io.expressgateway.http.websocket;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Frames made and read by hand (RFC 6455 section 5.2). */
final class Frames {

  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;
  private static final byte[] MASK = {0x12, 0x34, 0x56, 0x78};

  private Frames() {}

  /** A frame; its first byte as given. */
  static byte[] frame(int first, boolean masked, byte[] payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(header(first, masked, payload.length));
    for (int i = 0; i < payload.length; i++) {
      out.write(masked ? payload[i] ^ MASK[i & 3] : payload[i]);
    }
    return out.toByteArray();
  }

  /** Everything of a frame but its payload. */
  static byte[] header(int first, boolean masked, long length) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int mask = masked ? 0x80 : 0;
    out.write(first);
    if (length < 126) {
      out.write(mask | (int) length);
    } else if (length < 65_536) {
      out.write(mask | 126);
      out.write((int) length >> 8);
      out.write((int) length);
    } else {
      out.write(mask | 127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        out.write((int) (length >>> shift));
      }
    }
    if (masked) {
      out.writeBytes(MASK);
    }
    return out.toByteArray();
  }

  /** A text in one frame, as a client sends it. */
  static byte[] masked(String text) {
    return frame(0x80 | TEXT, true, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A text in one frame, as an endpoint sends it. */
  static byte[] plain(String text) {
    return frame(0x80 | TEXT, false, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] ping(boolean masked) {
    return frame(0x80 | PING, masked, new byte[0]);
  }

  static byte[] close(boolean masked, int code, String reason) {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    payload.write(code >> 8);
    payload.write(code);
    payload.writeBytes(reason.getBytes(StandardCharsets.UTF_8));
    return frame(0x80 | CLOSE, masked, payload.toByteArray());
  }

  /** A frame that was read, unmasked. */
  record Frame(int first, boolean masked, byte[] payload) {
    int opcode() {
      return first & 0xf;
    }

    String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }

    /** The code of a close frame; -1 for any other frame. */
    int code() {
      return opcode() == CLOSE && payload.length >= 2
          ? (payload[0] & 0xff) << 8 | payload[1] & 0xff
          : -1;
    }

    String reason() {
      return new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
    }
  }

  /** The next frame; null at a clean end between two. */
  static Frame read(InputStream in) throws IOException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    int second = byteOf(in);
    long length = second & 0x7f;
    if (length >= 126) {
      int bytes = length == 126 ? 2 : 8;
      length = 0;
      for (int i = 0; i < bytes; i++) {
        length = length << 8 | byteOf(in);
      }
    }
    boolean masked = (second & 0x80) != 0;
    byte[] mask = masked ? in.readNBytes(4) : null;
    byte[] payload = in.readNBytes((int) length);
    if (payload.length < length) {
      throw new EOFException("within a frame");
    }
    for (int i = 0; masked && i < payload.length; i++) {
      payload[i] ^= mask[i & 3];
    }
    return new Frame(first, masked, payload);
  }

  private static int byteOf(InputStream in) throws IOException {
    int next = in.read();
    if (next < 0) {
      throw new EOFException("within a frame");
    }
    return next;
  }
}
