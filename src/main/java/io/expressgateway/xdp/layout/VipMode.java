package io.expressgateway.xdp.layout;

/** What happens to the packets of a VIP ({@code enum mode}); in the order of its numbers. */
public enum VipMode {
  /** To the relay. */
  PASS("pass"),
  /** Dropped. */
  DROP("drop"),
  /** Addresses are rewritten, in both directions. */
  NAT("nat"),
  /** Sent under an outer header; the endpoint answers the client. */
  DSR_IPIP("dsr-ipip"),
  /** Sent to the endpoint's Ethernet address; the endpoint answers the client. */
  DSR_L2("dsr-l2");

  private static final VipMode[] ALL = values();
  private final String text;

  VipMode(String text) {
    this.text = text;
  }

  /** As configuration and the admin API write it. */
  public String text() {
    return text;
  }

  /** The number that the kernel uses. */
  public int code() {
    return ordinal();
  }

  /** The mode of a number. */
  public static VipMode of(int code) {
    return ALL[code];
  }

  /** Whether endpoints answer clients without the gateway. */
  public boolean isDirect() {
    return this == DSR_IPIP || this == DSR_L2;
  }
}
