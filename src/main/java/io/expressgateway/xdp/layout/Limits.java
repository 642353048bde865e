package io.expressgateway.xdp.layout;

/** The sizes that {@code bpf/layout.h} fixes. */
public final class Limits {

  /** VIPs. */
  public static final int MAX_VIPS = 512;

  /** Endpoints, counted for each VIP. */
  public static final int MAX_ENDPOINTS = 16_384;

  /** Slots of a Maglev table. */
  public static final int MAGLEV_SLOTS = 65_537;

  /** VIPs that may share an endpoint's address and port under NAT. */
  public static final int MAX_SHARED = 4;

  /** An endpoint index that stands for none. */
  public static final int NO_ENDPOINT = -1;

  /** The same in the 16 bits of a flow. */
  public static final int NO_FLOW_ENDPOINT = 0xffff;

  /** Numbers that reasons may have. */
  public static final int REASONS = 48;

  private Limits() {}
}
