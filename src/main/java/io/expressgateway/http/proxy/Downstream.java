package io.expressgateway.http.proxy;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The client's stream as an exchange sees it; implemented once per protocol. Every method is for
 * the exchange's event loop. Writes are queued; {@link #flush} hands them to the socket, once per
 * turn of the loop.
 */
public interface Downstream {

  /** Sends a 1xx head other than 101. Not called for HTTP/1.0 clients. */
  void sendInformational(ResponseHead head);

  /** Sends the final head. {@code bodiless}: {@link #sendEnd} follows without data. */
  void sendHead(ResponseHead head, boolean bodiless);

  /**
   * Sends 101 and turns the stream into a tunnel: from here on data is bytes in both directions.
   */
  void sendUpgrade(ResponseHead head);

  /** Sends a piece of body; takes ownership. */
  void sendData(ByteBuf data);

  /**
   * Ends the response. {@code trailers} may be null or empty, and is dropped where it cannot go.
   */
  void sendEnd(@Nullable HeaderBlock trailers);

  /**
   * Ends a response that cannot be completed so that the client notices: reset of the stream or of
   * the connection, never a clean end.
   */
  void abort();

  /** Whether more body may be sent now; {@link Exchange#onDownstreamWritable} says when again. */
  boolean isWritable();

  /** Whether the client can still be written to. */
  boolean isOpen();

  /** Lets request body come, or stops it; what was read already still arrives. */
  void readBody(boolean wanted);

  /** Whether the request's end, which may bring trailers, is still to come. */
  default boolean awaitsEnd() {
    return false;
  }

  /** Hands queued writes to the socket. */
  void flush();

  /**
   * The exchange is over: {@link #sendEnd} or {@link #abort} was the last call. The stream may
   * carry the next request now.
   */
  void exchangeEnded();
}
