package io.expressgateway.xdp;

import io.expressgateway.snapshot.VipSpec;
import io.expressgateway.xdp.layout.FlowKey;
import java.util.List;

/**
 * What the relays of forwarded listeners have: the flows that stay theirs. The kernel finds a
 * relay's TCP connections by their sockets; a UDP session has none of its own. Any thread but an
 * event loop.
 */
public interface RelaySessions {

  /** No relay has any. */
  RelaySessions NONE =
      new RelaySessions() {
        @Override
        public List<FlowKey> udp(VipSpec vip) {
          return List.of();
        }

        @Override
        public boolean hasTcp(VipSpec vip) {
          return false;
        }
      };

  /** The UDP sessions that live now, by the client's address and the VIP's. */
  List<FlowKey> udp(VipSpec vip);

  /** Whether the relay has any TCP connection. */
  boolean hasTcp(VipSpec vip);
}
