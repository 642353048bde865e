package io.expressgateway.http.websocket;

import io.expressgateway.message.HeaderBlock;

/** Which reserved bits of a frame the extensions of a handshake have given a meaning. */
public enum ReservedBits {
  /** No extension: none may be set (RFC 6455 section 5.2). */
  NONE,
  /** {@code permessage-deflate}: RSV1 on the first frame of a message (RFC 7692 section 6). */
  DEFLATE,
  /** An extension that is not known here: what it means by which bit cannot be told. */
  ANY;

  private static final String FIELD = "Sec-WebSocket-Extensions";
  private static final int ALL = 0x70;
  private static final int RSV1 = 0x40;

  /** What the response to a handshake agrees to. */
  public static ReservedBits agreed(HeaderBlock response) {
    ReservedBits agreed = NONE;
    for (int i = response.indexOf(FIELD); i >= 0; i = response.indexOf(FIELD, i + 1)) {
      for (String extension : response.value(i).split(",", -1)) {
        String name = extension.split(";", 2)[0].strip();
        if (name.equalsIgnoreCase("permessage-deflate")) {
          agreed = agreed == ANY ? ANY : DEFLATE;
        } else if (!name.isEmpty()) {
          agreed = ANY;
        }
      }
    }
    return agreed;
  }

  /**
   * Whether a frame may begin with these bits.
   *
   * @param first the frame's first byte
   * @param begins whether it is the first frame of a message
   */
  boolean allow(int first, boolean begins) {
    int set = first & ALL;
    return switch (this) {
      case NONE -> set == 0;
      case DEFLATE -> set == 0 || (set == RSV1 && begins);
      case ANY -> true;
    };
  }
}
