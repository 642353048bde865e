package io.expressgateway.xdp;

import io.expressgateway.net.HostPort;
import io.expressgateway.xdp.kernel.BpfMap;
import io.expressgateway.xdp.kernel.Bytes;
import io.expressgateway.xdp.layout.EndpointCount;
import io.expressgateway.xdp.layout.EndpointRecord;
import io.expressgateway.xdp.layout.Hop;
import io.expressgateway.xdp.layout.Reason;
import io.expressgateway.xdp.layout.ServiceKey;
import io.expressgateway.xdp.layout.VipCount;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the kernel's counters into a status. Confined to the xdp thread. */
final class StatusReport {

  private final PacketPath path;
  private final Attachments attachments;
  private final FlowCollector collector;
  private final KernelTables tables;

  StatusReport(
      PacketPath path, Attachments attachments, FlowCollector collector, KernelTables tables) {
    this.path = path;
    this.attachments = attachments;
    this.collector = collector;
    this.tables = tables;
  }

  XdpStatus of(Collection<Vip> vips) {
    FlowTally tally = collector.tally();
    return new XdpStatus(
        true,
        "",
        interfaces(),
        vips.stream().map(vip -> vip(vip, tally)).toList(),
        new XdpStatus.Flows(
            tally.v4(),
            tally.v6(),
            tally.passed(),
            path.map("flows_v4").maxEntries(),
            path.map("flows_v6").maxEntries(),
            collector.isGateClosed()),
        reasons(),
        path.isInherited());
  }

  private List<XdpStatus.InterfaceStatus> interfaces() {
    List<XdpStatus.InterfaceStatus> all = new ArrayList<>();
    attachments
        .attached()
        .forEach((index, attached) ->
            all.add(
                new XdpStatus.InterfaceStatus(
                    attached.name(), index, attached.mode().text(), attached.reason())));
    attachments
        .failed()
        .forEach((name, reason) -> all.add(new XdpStatus.InterfaceStatus(name, 0, "none", reason)));
    return all;
  }

  private XdpStatus.VipStatus vip(Vip vip, FlowTally tally) {
    byte[] counted = path.map("vip_counts").get(Bytes.ofInt(vip.id()));
    VipCount count = counted == null ? new VipCount(0, 0, 0, 0) : VipCount.sum(counted);
    EndpointCount sum = vip.count();
    return new XdpStatus.VipStatus(
        vip.name(),
        vip.key().address().getHostAddress(),
        vip.key().port(),
        vip.transport(),
        vip.mode().text(),
        vip.trouble(sum),
        vip.slots().stream().map(slot -> endpoint(slot, tally)).toList(),
        sum.packets(),
        sum.bytes(),
        sum.replyPackets(),
        sum.replyBytes(),
        count.passed(),
        count.dropped(),
        count.stateless(),
        count.flows());
  }

  private XdpStatus.EndpointStatus endpoint(Slot slot, FlowTally tally) {
    EndpointRecord record = tables.slots().written(slot);
    Hop hop = record == null ? null : record.hop();
    EndpointCount count = tables.slots().count(slot);
    return new XdpStatus.EndpointStatus(
        text(slot.service()),
        record != null && record.alive(),
        hop == null ? "" : hop.mac().toString(),
        tally.flows(slot.index()),
        count.packets(),
        count.replyPackets());
  }

  private static String text(ServiceKey service) {
    return new HostPort(service.address().getHostAddress(), service.port()).toString();
  }

  private Map<Reason, Long> reasons() {
    BpfMap map = path.map("reasons");
    Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    for (Reason reason : Reason.values()) {
      byte @Nullable [] value = map.get(Bytes.ofInt(reason.code()));
      long sum = 0;
      for (int at = 0; value != null && at < value.length; at += 8) {
        sum += Bytes.longAt(value, at);
      }
      if (sum > 0) {
        reasons.put(reason, sum);
      }
    }
    return reasons;
  }
}
