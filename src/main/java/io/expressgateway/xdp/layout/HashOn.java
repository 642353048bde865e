package io.expressgateway.xdp.layout;

/** What the endpoint of a new flow is chosen by ({@code enum hash_on}); in number order. */
public enum HashOn {
  /** Source, destination, ports and protocol. */
  TUPLE,
  /** The source address alone. */
  SOURCE,
  /** The QUIC destination connection ID; the tuple for what is none. */
  CONNECTION_ID;

  private static final HashOn[] ALL = values();

  /** The number that the kernel uses. */
  public int code() {
    return ordinal();
  }

  /** The choice of a number. */
  public static HashOn of(int code) {
    return ALL[code];
  }
}
