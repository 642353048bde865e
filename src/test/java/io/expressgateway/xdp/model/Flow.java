package io.expressgateway.xdp.model;

/**
 * A flow's entry; its time of last use is not modelled. Ethernet addresses are hex. The generation
 * of a flow that the relay owns is its VIP's id.
 */
public record Flow(
    int endpoint,
    int generation,
    FlowState state,
    int clientVlan,
    int clientInnerVlan,
    int clientInterface,
    String clientMac,
    String gatewayMac,
    boolean isServiceTagged) {

  /** The endpoint of a flow that the relay owns. */
  public static final int NO_ENDPOINT = 0xffff;

  public Flow inState(FlowState other) {
    return new Flow(
        endpoint,
        generation,
        other,
        clientVlan,
        clientInnerVlan,
        clientInterface,
        clientMac,
        gatewayMac,
        isServiceTagged);
  }

  /** The same flow, its client now reached this way. */
  public Flow from(int vlan, int innerVlan, int networkInterface, String mac, String gateway) {
    return new Flow(
        endpoint, generation, state, vlan, innerVlan, networkInterface, mac, gateway, false);
  }

  /** The same flow, the first tag of its client's packets one of 802.1ad, or not. */
  public Flow serviceTagged(boolean value) {
    return new Flow(
        endpoint,
        generation,
        state,
        clientVlan,
        clientInnerVlan,
        clientInterface,
        clientMac,
        gatewayMac,
        value);
  }
}
