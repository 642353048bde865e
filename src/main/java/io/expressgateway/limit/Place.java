package io.expressgateway.limit;

import io.expressgateway.limit.ConnectionCaps.Admission;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What one connection takes of its listener's {@link ConnectionCaps}, from its acceptance to its
 * end. Behind a proxy that says who the client is, it is counted for nobody until then. Confined to
 * the connection's event loop.
 */
public final class Place {

  private final ConnectionCaps caps;
  private final boolean isObserved;
  private boolean isCounted;
  private @Nullable InetAddress address;

  /**
   * No place yet.
   *
   * @param isObserved whether a connection beyond the caps stays all the same
   */
  public Place(ConnectionCaps caps, boolean isObserved) {
    this.caps = caps;
    this.isObserved = isObserved;
  }

  /** Takes a place for nobody; whether the listener had one left. */
  public boolean takeUnnamed() {
    isCounted = caps.acquireUnnamed() == Admission.ADMITTED;
    return isCounted;
  }

  /**
   * Takes a place for an address, or gives the one that it has a name. False when the caps leave
   * none; observed, it is taken then all the same.
   */
  public boolean take(InetAddress wanted) {
    Admission admission = isCounted ? caps.name(wanted) : caps.acquire(wanted);
    isCounted = admission == Admission.ADMITTED;
    if (!isCounted && isObserved) {
      caps.acquireBeyond(wanted);
      isCounted = true;
      address = wanted;
      return false;
    }
    address = isCounted ? wanted : null;
    return isCounted;
  }

  /** Whether the connection may stay. */
  public boolean isTaken() {
    return isCounted;
  }

  /** Gives the place back; a no-op without one. */
  public void leave() {
    InetAddress known = address;
    if (known != null) {
      caps.release(known);
    } else if (isCounted) {
      caps.releaseUnnamed();
    }
    address = null;
    isCounted = false;
  }
}
