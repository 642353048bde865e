package io.expressgateway.admin;

import io.expressgateway.xdp.PacketAnswer;
import io.expressgateway.xdp.PacketQuestion;
import io.expressgateway.xdp.XdpStatus;
import java.util.Optional;

/** What the management port may see and ask of the packet path. Any thread but an event loop. */
public interface PacketForwarding {

  /** What it does now; reads the kernel's counters. */
  XdpStatus status();

  /** What would become of a packet; empty when nothing is forwarded in the kernel. */
  Optional<PacketAnswer> explain(PacketQuestion question);
}
