package io.expressgateway.filter;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Base64;

/**
 * Decodes base64 (RFC 4648 section 4) that arrives in pieces cut anywhere, and that may be padded
 * in the middle because it was made of pieces too. Keeps at most three characters between two
 * pieces. Not thread-safe.
 */
final class Base64Pieces {

  private static final int GROUP = 4;

  private final byte[] group = new byte[GROUP];
  private int held;

  /**
   * The bytes that are complete now; {@code text} stays the caller's.
   *
   * @throws IllegalArgumentException when it is not base64
   */
  ByteBuf decode(ByteBuf text) {
    ByteBuf out = Unpooled.buffer((held + text.readableBytes()) / GROUP * 3 + 3);
    while (text.isReadable()) {
      group[held++] = text.readByte();
      if (held == GROUP) {
        held = 0;
        out.writeBytes(Base64.getDecoder().decode(group));
      }
    }
    return out;
  }

  /** Whether nothing is left that wants more characters. */
  boolean isWhole() {
    return held == 0;
  }
}
