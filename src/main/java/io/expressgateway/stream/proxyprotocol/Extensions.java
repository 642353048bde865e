package io.expressgateway.stream.proxyprotocol;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The extensions of one binary header (specification sections 2.2.1 to 2.2.7). They have to fill
 * the header to its last byte: an extension that reaches beyond would let a reader take bytes of
 * the protocol above for its own, and one that ends early leaves bytes that nobody has read.
 */
final class Extensions {

  /** Type and length. */
  private static final int HEAD_BYTES = 3;

  private static final int CHECKSUM_BYTES = 4;
  private static final int MAX_UNIQUE_ID_BYTES = 128;

  /** Client flags and the result of the verification, before the extensions within. */
  private static final int SSL_HEAD_BYTES = 5;

  private final List<Tlv> kept = new ArrayList<>();
  private int count;
  private int checksumAt = -1;

  /** What is worth keeping, in order. */
  List<Tlv> kept() {
    return kept;
  }

  /** Reads from {@code at} to the end of the header. What is wrong, or null. */
  @Nullable String read(ByteBuf header, int at) {
    int end = header.writerIndex();
    int next = at;
    while (next < end) {
      int value = next + HEAD_BYTES;
      if (value > end || value + header.getUnsignedShort(next + 1) > end) {
        return "an extension that reaches beyond the header";
      }
      int length = header.getUnsignedShort(next + 1);
      String fault = one(header, header.getUnsignedByte(next), value, length);
      if (fault != null) {
        return fault;
      }
      next = value + length;
    }
    return checksumAt < 0 || isIntact(header) ? null : "a checksum that does not match";
  }

  private @Nullable String one(ByteBuf header, int type, int at, int length) {
    if (++count > ProxyHeaderParser.MAX_EXTENSIONS) {
      return "more than " + ProxyHeaderParser.MAX_EXTENSIONS + " extensions";
    }
    if (type == Tlv.NOOP) {
      return null;
    }
    if (type == Tlv.CRC32C) {
      if (length != CHECKSUM_BYTES || checksumAt >= 0) {
        return "a checksum of another size, or a second one";
      }
      checksumAt = at;
      return null;
    }
    if (type == Tlv.UNIQUE_ID && length > MAX_UNIQUE_ID_BYTES) {
      return "a unique id of more than " + MAX_UNIQUE_ID_BYTES + " bytes";
    }
    if (type == Tlv.SSL && !isNestedWell(header, at, length)) {
      return "extensions about TLS that do not fill their own";
    }
    byte[] value = new byte[length];
    header.getBytes(at, value);
    kept.add(new Tlv(type, value));
    return null;
  }

  private static boolean isNestedWell(ByteBuf header, int at, int length) {
    int end = at + length;
    int next = at + SSL_HEAD_BYTES;
    while (next + HEAD_BYTES <= end) {
      next += HEAD_BYTES + header.getUnsignedShort(next + 1);
    }
    return next == end;
  }

  /** Over the whole header, with zeros in the place of the checksum. */
  private boolean isIntact(ByteBuf header) {
    byte[] bytes = new byte[header.readableBytes()];
    header.getBytes(0, bytes);
    int told = header.getInt(checksumAt);
    return told == checksum(bytes, checksumAt);
  }

  /** The CRC32c (RFC 3720 appendix B.4) of a header; its four bytes at {@code at} become zero. */
  static int checksum(byte[] header, int at) {
    java.util.Arrays.fill(header, at, at + CHECKSUM_BYTES, (byte) 0);
    CRC32C crc = new CRC32C();
    crc.update(header);
    return (int) crc.getValue();
  }
}
