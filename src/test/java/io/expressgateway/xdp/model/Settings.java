package io.expressgateway.xdp.model;

/** What the gateway sets for all VIPs. */
public record Settings(
    int hertz,
    boolean isGateClosed,
    int newFlowsPerCpu,
    int newFlowsPerSource,
    int statelessSeconds) {

  public static final Settings DEFAULT = new Settings(250, false, 0, 0, 10);
}
