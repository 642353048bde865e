package io.expressgateway.stream.udp;

/** Why a session ended. */
public enum UdpEnd {
  /** Neither side said anything for as long as it may. */
  IDLE("udp-idle"),
  /** The gateway stops. */
  SHUTDOWN("udp-shutdown");

  private final String code;

  UdpEnd(String code) {
    this.code = code;
  }

  /** The reason code, as in logs, metrics and documents. */
  public String code() {
    return code;
  }
}
