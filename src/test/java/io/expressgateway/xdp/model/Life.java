package io.expressgateway.xdp.model;

import io.expressgateway.xdp.packet.Protocol;

/** The states of a flow, as far as flags tell. */
final class Life {

  private static final int FIN = 1;
  private static final int SYN = 2;
  private static final int RST = 4;

  private Life() {}

  static FlowState first(Frame frame) {
    return frame.protocol == Protocol.TCP ? FlowState.SYN : FlowState.UDP;
  }

  /** After a packet of the client; under DSR its second packet has to stand for the answer. */
  static FlowState afterClient(FlowState state, Frame frame, boolean isAnswerSeen) {
    if (!frame.isTcp()) {
      return state;
    }
    if ((frame.flags & RST) != 0) {
      return FlowState.CLOSED;
    }
    if ((frame.flags & FIN) != 0) {
      boolean isSecond = state == FlowState.ENDPOINT_FIN || state == FlowState.CLOSED;
      return isSecond ? FlowState.CLOSED : FlowState.CLIENT_FIN;
    }
    boolean isAnswered = state == FlowState.SYN && !isAnswerSeen && (frame.flags & SYN) == 0;
    return isAnswered ? FlowState.ESTABLISHED : state;
  }

  static FlowState afterEndpoint(FlowState state, Frame frame) {
    if (!frame.isTcp()) {
      return state;
    }
    if ((frame.flags & RST) != 0) {
      return FlowState.CLOSED;
    }
    if ((frame.flags & FIN) != 0) {
      boolean isSecond = state == FlowState.CLIENT_FIN || state == FlowState.CLOSED;
      return isSecond ? FlowState.CLOSED : FlowState.ENDPOINT_FIN;
    }
    return state == FlowState.SYN ? FlowState.ESTABLISHED : state;
  }

  /** Whether this SYN is the first of another connection. */
  static boolean isReopened(Flow flow, Frame frame, boolean isAnswerSeen) {
    boolean isOver =
        flow.state() == FlowState.CLOSED || !isAnswerSeen && flow.state() == FlowState.CLIENT_FIN;
    return frame.opens() && isOver;
  }
}
