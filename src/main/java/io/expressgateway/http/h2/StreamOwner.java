package io.expressgateway.http.h2;

/** The pool that a client connection belongs to. Called on the connection's event loop. */
public interface StreamOwner {

  /** The connection is open and takes streams; called at most once. */
  void onOpened(Http2ClientConnection connection);

  /**
   * A stream ended or the endpoint changed its limit: there may be room for another. Called from
   * within the codec, where no stream may be opened.
   */
  void onRoom(Http2ClientConnection connection);

  /** The connection that was open is closed; called once. */
  void onClosed(Http2ClientConnection connection);
}
