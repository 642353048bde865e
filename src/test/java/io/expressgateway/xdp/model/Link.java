package io.expressgateway.xdp.model;

/** A link header and the interface that it is for; tags are tag controls, 0 for none. */
public record Link(
    String destination,
    String source,
    int vlan,
    int innerVlan,
    int networkInterface,
    boolean isServiceTagged) {

  /** Where the frames of a test run arrive. */
  public static final int HERE = 1;

  static Link towards(Endpoint endpoint) {
    return new Link(
        endpoint.nextHopMac(),
        endpoint.ownMac(),
        endpoint.vlan(),
        0,
        endpoint.networkInterface(),
        false);
  }

  static Link towardsClient(Flow flow) {
    return new Link(
        flow.clientMac(),
        flow.gatewayMac(),
        flow.clientVlan(),
        flow.clientInnerVlan(),
        flow.clientInterface(),
        flow.isServiceTagged());
  }

  static Link of(Frame frame) {
    return new Link(
        frame.destinationMac(),
        frame.sourceMac(),
        frame.vlan,
        frame.innerVlan,
        HERE,
        frame.isServiceTagged);
  }

  Verdict verdict() {
    return networkInterface == HERE ? Verdict.TX : Verdict.REDIRECT;
  }
}
