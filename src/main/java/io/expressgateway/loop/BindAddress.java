package io.expressgateway.loop;

import io.expressgateway.net.HostPort;
import io.expressgateway.plane.DataPlane.BindFailure;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Where a listener wants its sockets, and what is said when it cannot have them. Immutable.
 *
 * @param listener whose name a failure carries
 * @param wanted as configured; port 0 for any free one
 */
record BindAddress(String listener, HostPort wanted) {

  /** Binds a socket without {@code SO_REUSEPORT} and lets it go again. */
  @FunctionalInterface
  interface Probe {

    /**
     * Tries the address.
     *
     * @throws IOException when it cannot be had
     */
    void tryToBind(InetSocketAddress address) throws IOException;
  }

  /** The address as configured. */
  InetSocketAddress address() {
    return new InetSocketAddress(wanted.host(), wanted.port());
  }

  /**
   * The address as configured, with the port of a socket that was bound for it. A dual-stack socket
   * calls the IPv4 wildcard [::], which is not what was asked for.
   */
  InetSocketAddress withPortOf(InetSocketAddress bound) {
    return new InetSocketAddress(address().getAddress(), bound.getPort());
  }

  /**
   * {@code SO_REUSEPORT} lets a second gateway of the same user share the port without a word; a
   * bind without it finds out.
   *
   * @throws BindFailure when the name has no address, or somebody else has the port
   */
  void refuseIfTaken(Probe probe) {
    InetSocketAddress address = address();
    if (address.isUnresolved()) {
      throw new BindFailure(
          listener, "cannot resolve " + wanted.host(), new IOException("unresolved"));
    }
    if (address.getPort() == 0) {
      return;
    }
    try {
      probe.tryToBind(address);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** The failure that this was the cause of. */
  BindFailure failure(Exception cause) {
    return new BindFailure(listener, reason(cause), cause);
  }

  private static String reason(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    return message == null ? deepest.toString() : message;
  }
}
