package io.expressgateway.http.grpc;

import io.expressgateway.http.Why;
import java.nio.charset.StandardCharsets;

/** Status codes of gRPC, and which of them the gateway's failures are. */
public final class GrpcStatus {

  /** OK. */
  public static final int OK = 0;

  /** UNKNOWN. */
  public static final int UNKNOWN = 2;

  /** DEADLINE_EXCEEDED. */
  public static final int DEADLINE_EXCEEDED = 4;

  /** NOT_FOUND. */
  public static final int NOT_FOUND = 5;

  /** PERMISSION_DENIED. */
  public static final int PERMISSION_DENIED = 7;

  /** RESOURCE_EXHAUSTED. */
  public static final int RESOURCE_EXHAUSTED = 8;

  /** UNIMPLEMENTED. */
  public static final int UNIMPLEMENTED = 12;

  /** INTERNAL. */
  public static final int INTERNAL = 13;

  /** UNAVAILABLE. */
  public static final int UNAVAILABLE = 14;

  /** UNAUTHENTICATED. */
  public static final int UNAUTHENTICATED = 16;

  private GrpcStatus() {}

  /**
   * The code of a failure: its HTTP status decides, but for those named here.
   *
   * <p>What an endpoint broke is UNAVAILABLE, as in Envoy: another one may do better. What the
   * gateway broke is INTERNAL, and trying again is of no use.
   */
  public static int of(Why why) {
    return switch (why) {
      case FILTER_ERROR, INTERNAL_ERROR -> INTERNAL;
      case GRPC_IDLE -> UNAVAILABLE;
      default -> ofHttp(why.status());
    };
  }

  /**
   * The code for an HTTP status: gRPC's "HTTP to gRPC status code mapping" but for 408 and 504,
   * which are DEADLINE_EXCEEDED because the gateway knows that a time was over, and for what is too
   * large, which is RESOURCE_EXHAUSTED as gRPC's own limits are.
   */
  public static int ofHttp(int status) {
    return switch (status) {
      case 400, 421 -> INTERNAL;
      case 401 -> UNAUTHENTICATED;
      case 403 -> PERMISSION_DENIED;
      case 404, 405, 501 -> UNIMPLEMENTED;
      case 408, 504 -> DEADLINE_EXCEEDED;
      case 413, 414, 431 -> RESOURCE_EXHAUSTED;
      case 429, 502, 503 -> UNAVAILABLE;
      default -> UNKNOWN;
    };
  }

  /**
   * The value of {@code grpc-message} for a text: UTF-8, and everything but printable ASCII
   * percent-encoded, the percent sign too (gRPC's PROTOCOL-HTTP2, rule Status-Message).
   */
  public static String message(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    StringBuilder encoded = new StringBuilder(bytes.length);
    for (byte b : bytes) {
      if (b >= ' ' && b <= '~' && b != '%') {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(hex(b >> 4)).append(hex(b));
      }
    }
    return encoded.toString();
  }

  private static char hex(int nibble) {
    return "0123456789ABCDEF".charAt(nibble & 0xf);
  }
}
