package io.expressgateway.xdp;

import io.expressgateway.xdp.layout.FlowState;

/**
 * How long a flow may be silent, in seconds. An established TCP connection has the 2 hours 4
 * minutes of RFC 5382 section 5 (REQ-5), UDP the 5 minutes that RFC 4787 section 4.3 (REQ-5)
 * recommends. An entry of the relay's only saves the look for a socket (TCP) or covers a session
 * (UDP).
 *
 * @param fin after the first FIN
 * @param closed after the last
 */
record FlowTimeouts(int pass, int syn, int established, int fin, int closed, int udp) {

  /** While there is room. */
  static final FlowTimeouts NORMAL = new FlowTimeouts(300, 60, 7440, 60, 10, 300);

  /** When a table is nearly full: what is cheap to lose goes earlier. */
  static final FlowTimeouts AGGRESSIVE = new FlowTimeouts(60, 10, 3600, 15, 2, 60);

  /** Of a state. */
  int seconds(FlowState state) {
    return switch (state) {
      case PASS -> pass;
      case SYN -> syn;
      case ESTABLISHED -> established;
      case CLIENT_FIN, ENDPOINT_FIN -> fin;
      case CLOSED -> closed;
      case UDP -> udp;
    };
  }
}
