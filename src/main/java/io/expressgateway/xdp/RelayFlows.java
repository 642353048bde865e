package io.expressgateway.xdp;

import io.expressgateway.snapshot.VipSpec;
import io.expressgateway.xdp.kernel.BpfMap;
import io.expressgateway.xdp.layout.FlowKey;
import io.expressgateway.xdp.layout.FlowRecord;
import io.expressgateway.xdp.layout.FlowState;

/**
 * Enters the relay's UDP sessions into the flow table, so that they stay the relay's when the
 * kernel begins to forward their VIP, and after. Confined to the xdp thread.
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

  /**
   * Enters the sessions of this VIP; those that are in the table count as seen now, for the kernel
   * does not see what their endpoints say. A flow that is the kernel's stays so.
   */
  void publish(int vipId, VipSpec vip) {
    if (vip.transport() != VipSpec.Transport.UDP) {
      return;
    }
    byte[] pass = FlowRecord.pass(vipId, (int) clock.jiffies()).encode();
    for (FlowKey session : sessions.udp(vip)) {
      BpfMap flows = session.isIpv4() ? flowsV4 : flowsV6;
      byte[] key = session.encode();
      byte[] known = flows.get(key);
      if (known == null) {
        flows.putIfAbsent(key, pass);
      } else if (FlowRecord.stateAt(known, 0) == FlowState.PASS) {
        flows.put(key, pass);
      }
    }
  }

  /** Whether the relay of this VIP has any TCP connection. */
  boolean hasConnections(VipSpec vip) {
    return vip.transport() == VipSpec.Transport.TCP && sessions.hasTcp(vip);
  }
}
