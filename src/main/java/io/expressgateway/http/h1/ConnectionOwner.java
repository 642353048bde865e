package io.expressgateway.http.h1;

/** The pool that a client connection came from. Called on the connection's event loop. */
public interface ConnectionOwner {

  /** The connection has ended its exchange and may serve the next one. */
  void onReusable(Http1ClientConnection connection);

  /**
   * The connection is closed; called once.
   *
   * @param wasIdle whether it lay in the pool
   * @param byPeer whether the endpoint closed it
   */
  void onClosed(Http1ClientConnection connection, boolean wasIdle, boolean byPeer);

  /** The endpoint said how long it keeps an idle connection ({@code Keep-Alive: timeout=}). */
  void onKeepAliveHint(long nanos);
}
