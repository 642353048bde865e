package io.expressgateway.xdp;

import io.expressgateway.xdp.kernel.AttachMode;
import io.expressgateway.xdp.layout.EventRecord;

/**
 * Hears what the packet path does. Called on threads of the plane, one call at a time from each;
 * returns soon.
 */
public interface XdpListener {

  /**
   * A program is attached.
   *
   * @param reason why a higher rung of the ladder failed; empty when none did
   */
  void onAttached(String interfaceName, AttachMode mode, String reason);

  /** Nothing is forwarded in the kernel, and why; the relays serve. */
  void onOff(String reason);

  /** A VIP's packets are passed to its relay, and why. */
  void onVipPassed(String vip, String reason);

  /** The flow table is nearly full, or no more. */
  void onGate(boolean closed);

  /** A sampled packet. */
  void onEvent(EventRecord event);

  /** Something failed that will be tried again; what, and why. */
  void onFailure(String what, Throwable failure);
}
