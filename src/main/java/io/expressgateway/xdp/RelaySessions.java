package io.expressgateway.xdp;

import io.expressgateway.xdp.layout.FlowKey;
import java.util.List;

/**
 * The live sessions of UDP relays. The kernel finds a relay's TCP connections by their sockets; a
 * UDP session has none of its own.
 */
@FunctionalInterface
public interface RelaySessions {

  /** No relay has any. */
  RelaySessions NONE = List::of;

  /** Those that live now, by the client's address and the address that it sends to. Any thread. */
  List<FlowKey> now();
}
