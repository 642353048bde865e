package io.expressgateway.http.proxy;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.RequestHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The endpoint's stream as an exchange sees it; implemented once per protocol. Every method is for
 * the exchange's event loop. It tells the exchange what arrives through {@link Exchange}'s {@code
 * onResponse...} and {@code onUpstream...} methods until {@link #release} or {@link #cancel}.
 */
public interface Upstream {

  /**
   * Sends the request head.
   *
   * @param host what the endpoint is told to be: Host or {@code :authority}
   * @param bodiless {@link #sendEnd} follows without data
   */
  void sendHead(RequestHead head, String host, boolean bodiless);

  /** Sends a piece of body; takes ownership. */
  void sendData(ByteBuf data);

  /** Ends the request. {@code trailers} may be null or empty. */
  void sendEnd(@Nullable HeaderBlock trailers);

  /** Whether more body may be sent now. */
  boolean isWritable();

  /** Lets response body come, or stops it; what was read already still arrives. */
  void readBody(boolean wanted);

  /** Hands queued writes to the socket. */
  void flush();

  /** Whether this stream runs on a connection that had served an exchange before. */
  boolean isReused();

  /**
   * The exchange is done with a stream whose response has ended. The connection is kept for the
   * next exchange if {@code reusable} and its own state allow it; else it is closed.
   */
  void release(boolean reusable);

  /** Gives the stream up before its end; nothing more is told to the exchange. */
  void cancel();
}
