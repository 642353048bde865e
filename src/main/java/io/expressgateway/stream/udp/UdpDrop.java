package io.expressgateway.stream.udp;

/** Why a datagram was not passed on. */
public enum UdpDrop {
  /** The listener has as many sessions as it may have. */
  SESSIONS_FULL("udp-sessions-full"),
  /** The client's address has as many sessions as it may have. */
  ADDRESS_FULL("udp-address-full"),
  /** It would have begun a session, and the gateway drains. */
  DRAINING("udp-draining"),
  /** No endpoint of the cluster may be used, or its name is not resolved yet. */
  NO_ENDPOINT("udp-no-endpoint"),
  /** No socket towards the endpoint could be had: no file descriptor, no port, or no route. */
  NO_SOCKET("udp-no-socket"),
  /** With its PROXY header it is longer than a datagram may be. */
  TOO_LARGE("udp-too-large"),
  /** What waits to be sent to the endpoint, or to clients, has reached its bound. */
  SEND_BUFFER_FULL("udp-send-buffer-full"),
  /** The kernel refused to send it: too large for the path, no route, a firewall. */
  SEND_FAILED("udp-send-failed");

  private final String code;

  UdpDrop(String code) {
    this.code = code;
  }

  /** The reason code, as in metrics and documents. */
  public String code() {
    return code;
  }
}
