package io.expressgateway.xdp;

import io.expressgateway.xdp.kernel.BpfMap;
import io.expressgateway.xdp.layout.FlowKey;
import io.expressgateway.xdp.layout.FlowRecord;
import io.expressgateway.xdp.layout.ServiceKey;

/**
 * Enters the relay's UDP sessions into the flow table, so that they stay the relay's when the
 * kernel begins to forward their VIP. Confined to the xdp thread.
 *
 * <p>A session that begins between this and the VIP's first forwarded packet is chosen anew by the
 * kernel: its first datagrams went to the relay's choice. Tolerated: it is microseconds old.
 */
final class RelayFlows {

  private final RelaySessions sessions;
  private final BpfMap flowsV4;
  private final BpfMap flowsV6;
  private final KernelClock clock;

  RelayFlows(RelaySessions sessions, BpfMap flowsV4, BpfMap flowsV6, KernelClock clock) {
    this.sessions = sessions;
    this.flowsV4 = flowsV4;
    this.flowsV6 = flowsV6;
    this.clock = clock;
  }

  /** Enters the sessions of this VIP. */
  void publish(int vipId, ServiceKey vip) {
    byte[] pass = FlowRecord.pass(vipId, (int) clock.jiffies()).encode();
    for (FlowKey session : sessions.now()) {
      if (session.destination().equals(vip.address())
          && session.destinationPort() == vip.port()
          && session.protocol() == vip.protocol()) {
        (session.isIpv4() ? flowsV4 : flowsV6).putIfAbsent(session.encode(), pass);
      }
    }
  }
}
