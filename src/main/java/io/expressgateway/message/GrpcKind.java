package io.expressgateway.message;

/**
 * Whether a message is gRPC, by its content type: {@code application/grpc} or one of grpc-web's two
 * forms, each with an optional {@code +suffix} or parameters (gRPC's PROTOCOL-HTTP2 and
 * PROTOCOL-WEB). Media types are compared without case (RFC 9110 section 8.3.1).
 */
public enum GrpcKind {
  /** Anything else. */
  NONE(""),
  /** gRPC over HTTP/2 or, with trailers, over HTTP/1.1. */
  GRPC("application/grpc"),
  /** grpc-web: the trailers are the last frame of the body. */
  WEB("application/grpc-web"),
  /** grpc-web whose body is base64. */
  WEB_TEXT("application/grpc-web-text");

  private static final GrpcKind[] KINDS = {GRPC, WEB, WEB_TEXT};

  private final String text;

  GrpcKind(String text) {
    this.text = text;
  }

  /** The media type without suffix and parameters. */
  public String text() {
    return text;
  }

  /** Whether it is one of grpc-web's forms. */
  public boolean isWeb() {
    return this == WEB || this == WEB_TEXT;
  }

  /** The kind of the message with these headers. Any thread; reads bytes and makes no text. */
  public static GrpcKind of(HeaderBlock headers) {
    int field = headers.indexOf(HeaderName.CONTENT_TYPE);
    if (field < 0 || headers.valueLength(field) < GRPC.text.length()) {
      return NONE;
    }
    byte[] bytes = headers.array();
    int from = headers.valueOffset(field);
    int end = from + headers.valueLength(field);
    if (!begins(bytes, from, GRPC.text)) {
      return NONE;
    }
    for (GrpcKind kind : KINDS) {
      if (isAt(bytes, from, end, kind.text)) {
        return kind;
      }
    }
    return NONE;
  }

  private static boolean isAt(byte[] bytes, int from, int end, String lower) {
    int behind = from + lower.length();
    return behind <= end
        && begins(bytes, from, lower)
        && (behind == end || "+; \t".indexOf(bytes[behind]) >= 0);
  }

  private static boolean begins(byte[] bytes, int from, String lower) {
    for (int i = 0; i < lower.length(); i++) {
      int b = bytes[from + i];
      if (b >= 'A' && b <= 'Z') {
        b |= 0x20;
      }
      if (b != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
