package io.expressgateway.stream.proxyprotocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Reads the header at the beginning of what a peer has sent so far. Strict: whatever two readers
 * could take for two things is malformed. Keeps nothing between calls and looks at no byte twice
 * that counts (until a binary header is whole only its first sixteen bytes are looked at, a text
 * header has at most 107), so bytes may arrive in any pieces. Any thread.
 */
public final class ProxyHeaderParser {

  /** The most bytes behind the fixed part of a binary header: as much as a ClientHello may have. */
  public static final int MAX_BODY_BYTES = 16 * 1024;

  /** The most extensions; real headers have fewer than ten. */
  public static final int MAX_EXTENSIONS = 64;

  private static final byte[] TEXT = "PROXY ".getBytes(StandardCharsets.US_ASCII);

  private ProxyHeaderParser() {}

  /** What the first bytes are. */
  public sealed interface Result {}

  /** They may become a header; more have to come. */
  public record Incomplete() implements Result {}

  /** They are no header and will not become one. */
  public record Absent() implements Result {}

  /**
   * They begin like a header and are none.
   *
   * @param reason for the operator
   */
  public record Malformed(String reason) implements Result {}

  /**
   * They begin with a header.
   *
   * @param header what it says
   * @param length of the header in bytes; what follows belongs to the protocol above
   */
  public record Complete(ProxyHeader header, int length) implements Result {}

  static final Result INCOMPLETE = new Incomplete();
  private static final Result ABSENT = new Absent();

  /** Reads from the reader index on, and moves no index. */
  public static Result parse(ByteBuf in) {
    int text = common(in, TEXT);
    if (text == TEXT.length) {
      return TextHeader.parse(in);
    }
    int binary = common(in, BinaryHeader.SIGNATURE);
    if (binary == BinaryHeader.SIGNATURE.length) {
      return BinaryHeader.parse(in);
    }
    int available = in.readableBytes();
    return text == available || binary == available ? INCOMPLETE : ABSENT;
  }

  /** Whether nothing but a header begins like this. */
  static boolean hasSignature(ByteBuf in) {
    return common(in, TEXT) == TEXT.length
        || common(in, BinaryHeader.SIGNATURE) == BinaryHeader.SIGNATURE.length;
  }

  /** How many bytes the input has in common with the beginning of {@code expected}. */
  private static int common(ByteBuf in, byte[] expected) {
    int most = Math.min(in.readableBytes(), expected.length);
    int count = 0;
    while (count < most && in.getByte(in.readerIndex() + count) == expected[count]) {
      count++;
    }
    return count;
  }
}
