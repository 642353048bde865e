package io.expressgateway.xdp.layout;

/** Where a flow is in its life ({@code enum flow_state}); in the order of its numbers. */
public enum FlowState {
  /** The relay's, for life. */
  PASS,
  /** Only the client has spoken. */
  SYN,
  /** Both have. */
  ESTABLISHED,
  /** The client has sent its FIN. */
  CLIENT_FIN,
  /** The endpoint has sent its FIN. */
  ENDPOINT_FIN,
  /** Both FINs, or a reset. */
  CLOSED,
  /** UDP, which has no states. */
  UDP;

  private static final FlowState[] ALL = values();

  /** The number that the kernel uses. */
  public int code() {
    return ordinal();
  }

  /** The state of a number. */
  public static FlowState of(int code) {
    return ALL[code];
  }
}
