package io.expressgateway.xdp;

import io.expressgateway.xdp.layout.FlowState;

/**
 * How long a flow may be silent, in seconds. An established TCP connection has the 2 hours 4 minutes
 * of RFC 5382 section 5 (REQ-5), UDP the 5 minutes that RFC 4787 section 4.3 (REQ-5) recommends. An
 * entry of the relay's only saves the look for a socket (TCP) or covers a session (UDP).
 *
 * <p>When the table is nearly full, flows that are cheap to lose go earlier: a TCP connection that is
 * not opened or is ended, UDP that is silent.
 */
enum FlowTimeouts {
  /** While there is room. */
  NORMAL(300, 60, 7440, 60, 10, 300),
  /** Above 80 % of a table. */
  AGGRESSIVE(60, 10, 3600, 15, 2, 60);

  private final int[] seconds = new int[FlowState.values().length];

  FlowTimeouts(int pass, int syn, int established, int fin, int closed, int udp) {
    seconds[FlowState.PASS.code()] = pass;
    seconds[FlowState.SYN.code()] = syn;
    seconds[FlowState.ESTABLISHED.code()] = established;
    seconds[FlowState.CLIENT_FIN.code()] = fin;
    seconds[FlowState.ENDPOINT_FIN.code()] = fin;
    seconds[FlowState.CLOSED.code()] = closed;
    seconds[FlowState.UDP.code()] = udp;
  }

  /** Of a state. */
  int seconds(FlowState state) {
    return seconds[state.code()];
  }
}
