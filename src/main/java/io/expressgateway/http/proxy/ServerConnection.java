package io.expressgateway.http.proxy;

/** A downstream connection as a drain sees it. Every method is for the connection's event loop. */
public interface ServerConnection {

  /**
   * Asks the connection to leave: at once or within {@code spreadNanos} when it is idle, after what
   * it has begun when it is busy.
   */
  void drain(long spreadNanos);

  /** Ends the connection and whatever it still serves. */
  void shutDown();
}
