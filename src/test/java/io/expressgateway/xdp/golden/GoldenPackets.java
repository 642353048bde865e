package io.expressgateway.xdp.golden;

import java.util.ArrayList;
import java.util.List;

/** All golden packets. */
final class GoldenPackets {

  private GoldenPackets() {}

  static List<Golden> all() {
    List<Golden> all = new ArrayList<>();
    all.addAll(NatPackets.all());
    all.addAll(StatePackets.all());
    all.addAll(DsrPackets.all());
    all.addAll(SelectionPackets.all());
    all.addAll(IcmpPackets.all());
    all.addAll(PassedPackets.all());
    all.addAll(HostilePackets.all());
    return all;
  }
}
