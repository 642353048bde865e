package io.expressgateway.xdp.kernel;

import java.util.Locale;

/** Where in the kernel an XDP program runs (linux/if_link.h). */
public enum AttachMode {
  /** In the driver, before a packet has a socket buffer. */
  NATIVE(1 << 2),
  /** In the stack, for every driver, at the price of a socket buffer for each packet. */
  GENERIC(1 << 1);

  private final int flags;

  AttachMode(int flags) {
    this.flags = flags;
  }

  int flags() {
    return flags;
  }

  /** As configuration and metrics write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
