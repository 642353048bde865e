package io.expressgateway.http.grpc;

import io.expressgateway.message.GrpcKind;
import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.expressgateway.message.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * What an exchange knows of a gRPC call: its kind, as the client sent it, and its deadline.
 * Confined to the exchange's event loop.
 */
public final class GrpcCall {

  private final GrpcKind kind;
  private long timeoutNanos = GrpcTimeout.NONE;

  private GrpcCall(GrpcKind kind) {
    this.kind = kind;
  }

  /** The call that this request is, or null: it is none. Cheap for what is none. */
  public static @Nullable GrpcCall of(RequestHead head) {
    GrpcKind kind = GrpcKind.of(head.headers());
    return kind == GrpcKind.NONE ? null : new GrpcCall(kind);
  }

  /** How the client speaks gRPC. */
  public GrpcKind kind() {
    return kind;
  }

  /**
   * Whether the client can be given trailers, without which gRPC has no status: over HTTP/1.1 it
   * says so by {@code TE: trailers} (RFC 9110 section 6.5.1), and over HTTP/1.0 there are none.
   * grpc-web asks for none.
   */
  public boolean canBeAnswered(RequestHead head) {
    return switch (head.version()) {
      case HTTP_1_0 -> kind.isWeb();
      case HTTP_1_1 -> kind.isWeb() || head.headers().listContains(HeaderName.TE, "trailers");
      case HTTP_2, HTTP_3 -> true;
    };
  }

  /**
   * Reads the client's time-out and holds it to {@code longestNanos}, 0 for no limit. A call
   * without one stays without: it may be a stream that is meant to live.
   *
   * @return false when the header is malformed
   */
  public boolean readTimeout(HeaderBlock headers, long longestNanos) {
    long stated = GrpcTimeout.read(headers);
    if (stated == GrpcTimeout.MALFORMED) {
      return false;
    }
    timeoutNanos = longestNanos > 0 ? Math.min(stated, longestNanos) : stated;
    return true;
  }

  /** Whether the call has a deadline. */
  public boolean hasTimeout() {
    return timeoutNanos >= 0;
  }

  /** The time that the call may take from its beginning; only with {@link #hasTimeout}. */
  public long timeoutNanos() {
    return timeoutNanos;
  }

  /** Whether the call's time has passed. */
  public boolean isOver(long elapsedNanos) {
    return hasTimeout() && elapsedNanos >= timeoutNanos;
  }

  /** Writes what is left of the time for the endpoint; nothing for a call without a deadline. */
  public void writeTimeout(HeaderBlock headers, long elapsedNanos) {
    if (hasTimeout()) {
      headers.set(HeaderName.GRPC_TIMEOUT, GrpcTimeout.text(timeoutNanos - elapsedNanos));
    }
  }
}
