package io.expressgateway.net;

import java.io.IOException;

/** Which exceptions in a pipeline are a peer's doing. */
public final class PeerFault {

  private PeerFault() {}

  /**
   * Whether the peer or the network ended or broke the connection, in contrast to something of ours
   * that threw. What breaks TLS, as a record that does not decrypt, arrives as the cause of a
   * decoder's exception. Any thread.
   */
  public static boolean is(Throwable thrown) {
    return thrown instanceof IOException || thrown.getCause() instanceof IOException;
  }
}
