package io.expressgateway.metrics;

import io.expressgateway.xdp.XdpStatus;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.function.Supplier;

/** The packet path's figures, read from the kernel at each scrape. Any thread but an event loop. */
public final class XdpCollector implements MultiCollector {

  private final Supplier<XdpStatus> status;

  /** Shows what {@code status} answers at each scrape. */
  public XdpCollector(Supplier<XdpStatus> status) {
    this.status = status;
  }

  @Override
  public MetricSnapshots collect() {
    XdpStatus now = status.get();
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    all.metricSnapshot(modes(now));
    if (now.active()) {
      all.metricSnapshot(packets(now));
      all.metricSnapshot(flows(now));
      all.metricSnapshot(newFlows(now));
      all.metricSnapshot(reasons(now));
      all.metricSnapshot(
          GaugeSnapshot.builder()
              .name("expressgateway_xdp_gate_closed")
              .help("1 while new flows are forwarded without an entry, because a table is full")
              .dataPoint(gauge(Labels.EMPTY, now.flows().gateClosed() ? 1 : 0))
              .build());
    }
    return all.build();
  }

  /** One point for each interface; without any, one that says so. */
  private static GaugeSnapshot modes(XdpStatus status) {
    GaugeSnapshot.Builder modes =
        GaugeSnapshot.builder()
            .name("expressgateway_xdp_mode")
            .help("1 for the mode in which an interface's packets are forwarded in the kernel");
    if (status.interfaces().isEmpty()) {
      modes.dataPoint(gauge(Labels.of("interface", "", "mode", "none"), 1));
    }
    status
        .interfaces()
        .forEach(each ->
            modes.dataPoint(gauge(Labels.of("interface", each.name(), "mode", each.mode()), 1)));
    return modes.build();
  }

  private static CounterSnapshot packets(XdpStatus status) {
    CounterSnapshot.Builder packets =
        CounterSnapshot.builder()
            .name("expressgateway_xdp_packets")
            .help("Packets of a VIP by what the kernel did with them");
    status
        .vips()
        .forEach(vip -> {
          Labels labels = Labels.of("vip", vip.name());
          packets.dataPoint(counter(labels.add("verdict", "forwarded"), vip.packets()));
          packets.dataPoint(counter(labels.add("verdict", "replied"), vip.replyPackets()));
          packets.dataPoint(counter(labels.add("verdict", "passed"), vip.passed()));
          packets.dataPoint(counter(labels.add("verdict", "dropped"), vip.dropped()));
        });
    return packets.build();
  }

  private static GaugeSnapshot flows(XdpStatus status) {
    XdpStatus.Flows flows = status.flows();
    return GaugeSnapshot.builder()
        .name("expressgateway_xdp_flows")
        .help("Flows in the kernel's flow tables, as of the last walk through them")
        .dataPoint(gauge(Labels.of("family", "ipv4"), flows.v4()))
        .dataPoint(gauge(Labels.of("family", "ipv6"), flows.v6()))
        .build();
  }

  private static CounterSnapshot newFlows(XdpStatus status) {
    CounterSnapshot.Builder flows =
        CounterSnapshot.builder()
            .name("expressgateway_xdp_new_flows")
            .help("Flows of a VIP that were entered into the flow table");
    status
        .vips()
        .forEach(vip -> flows.dataPoint(counter(Labels.of("vip", vip.name()), vip.newFlows())));
    return flows.build();
  }

  private static CounterSnapshot reasons(XdpStatus status) {
    CounterSnapshot.Builder reasons =
        CounterSnapshot.builder()
            .name("expressgateway_xdp_reasons")
            .help("Packets by why the kernel did with them what it did");
    status
        .reasons()
        .forEach((reason, count) ->
            reasons.dataPoint(counter(Labels.of("reason", reason.text()), count)));
    return reasons.build();
  }

  private static CounterDataPointSnapshot counter(Labels labels, long value) {
    return CounterDataPointSnapshot.builder().labels(labels).value((double) value).build();
  }

  private static GaugeDataPointSnapshot gauge(Labels labels, double value) {
    return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }
}
