package io.expressgateway.xdp.layout;

/**
 * What the gateway sets for all VIPs ({@code struct settings}).
 *
 * @param hertz jiffies per second
 * @param gateClosed whether no new flow is entered
 * @param events whether events are written to the ring buffer
 * @param newFlowsPerCpu entered per second and CPU; 0 for no limit
 * @param newFlowsPerSource entered per second and source; 0 for no limit
 * @param eventSample one event in so many
 * @param statelessSeconds how long replies without a flow are turned back
 */
public record SettingsRecord(
    int hertz,
    boolean gateClosed,
    boolean events,
    int newFlowsPerCpu,
    int newFlowsPerSource,
    int eventSample,
    int statelessSeconds) {

  /** {@code struct settings}. */
  public static final RecordLayout LAYOUT =
      RecordLayout.of("settings")
          .u32("hertz")
          .u32("flags")
          .u32("new_flows_per_cpu")
          .u32("new_flows_per_source")
          .u32("event_sample")
          .u32("stateless_seconds")
          .build();

  private static final int FLAG_GATE_CLOSED = 1;
  private static final int FLAG_EVENTS = 2;

  /** The record. */
  public byte[] encode() {
    return RecordLayout.bytes(
        LAYOUT
            .allocate()
            .putInt(hertz)
            .putInt((gateClosed ? FLAG_GATE_CLOSED : 0) | (events ? FLAG_EVENTS : 0))
            .putInt(newFlowsPerCpu)
            .putInt(newFlowsPerSource)
            .putInt(eventSample)
            .putInt(statelessSeconds));
  }
}
