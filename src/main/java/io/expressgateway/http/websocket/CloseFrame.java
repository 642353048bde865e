package io.expressgateway.http.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Close frames that the gateway itself sends (RFC 6455 section 5.5.1), with a code and no reason.
 * The caller owns the buffer.
 */
public final class CloseFrame {

  /** Going away: the gateway stops, or nobody needs the connection any more. */
  public static final int GOING_AWAY = 1001;

  /** The frames are none by RFC 6455. */
  public static final int PROTOCOL_ERROR = 1002;

  /** More than what is allowed. */
  public static final int POLICY_VIOLATION = 1008;

  /** A message is too large. */
  public static final int TOO_LARGE = 1009;

  private static final int CLOSE = 0x88;
  private static final int MASKED = 0x80;
  private static final int CODE_BYTES = 2;

  private CloseFrame() {}

  /** For a client. */
  public static ByteBuf toClient(int code) {
    return Unpooled.buffer(4).writeByte(CLOSE).writeByte(CODE_BYTES).writeShort(code);
  }

  /**
   * For an endpoint: masked, as what a client sends must be (RFC 6455 section 5.3).
   *
   * @param mask any number; it protects nothing here, because the payload is ours
   */
  public static ByteBuf toEndpoint(int code, int mask) {
    return Unpooled.buffer(8)
        .writeByte(CLOSE)
        .writeByte(MASKED | CODE_BYTES)
        .writeInt(mask)
        .writeShort(code ^ mask >>> 16);
  }
}
