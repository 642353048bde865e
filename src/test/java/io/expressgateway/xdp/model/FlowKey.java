package io.expressgateway.xdp.model;

/** A client's side of a flow. Addresses are hex, 8 or 32 digits. */
public record FlowKey(
    String source, String destination, int sourcePort, int destinationPort, int protocol) {

  /** Which of the two flow tables it is in. */
  public boolean isVersion4() {
    return source.length() == 8;
  }
}
