package io.expressgateway.xdp;

import io.expressgateway.xdp.kernel.BpfMap;
import io.expressgateway.xdp.layout.Limits;
import io.expressgateway.xdp.layout.ReplyRecord;
import io.expressgateway.xdp.layout.ServiceKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The map {@code replies}: which endpoints an address and port may stand for; and with it the ports
 * of all these. Confined to the xdp thread.
 */
final class ReplyIndex {

  private final BpfMap replies;
  private final ReplyPorts ports;
  private final Map<ServiceKey, TreeSet<Integer>> sharers = new HashMap<>();

  ReplyIndex(BpfMap replies, ReplyPorts ports) {
    this.replies = replies;
    this.ports = ports;
  }

  /** Forgets what an earlier process has written about addresses that nobody has added since. */
  void removeUnknown() {
    for (byte[] key : replies.keys()) {
      if (!sharers.containsKey(ServiceKey.decode(key))) {
        replies.remove(key);
      }
    }
    ports.removeUnknown();
  }

  /** Whether one more VIP may use this address and port. */
  boolean hasRoom(Slot slot) {
    TreeSet<Integer> indices = sharers.get(slot.service());
    return indices == null || indices.contains(slot.index()) || indices.size() < Limits.MAX_SHARED;
  }

  /** Replies from the slot's address belong to it; again changes nothing. */
  void add(Slot slot) {
    TreeSet<Integer> indices = sharers.computeIfAbsent(slot.service(), service -> new TreeSet<>());
    boolean isFirst = indices.isEmpty();
    if (indices.add(slot.index())) {
      write(slot.service(), indices);
    }
    if (isFirst) {
      ports.add(slot.service().port());
    }
  }

  /** They do no more. */
  void remove(Slot slot) {
    TreeSet<Integer> indices = sharers.get(slot.service());
    if (indices == null || !indices.remove(slot.index())) {
      return;
    }
    if (indices.isEmpty()) {
      sharers.remove(slot.service());
      replies.remove(slot.service().encode());
      ports.remove(slot.service().port());
    } else {
      write(slot.service(), indices);
    }
  }

  private void write(ServiceKey service, SortedSet<Integer> indices) {
    replies.put(service.encode(), new ReplyRecord(List.copyOf(indices)).encode());
  }
}
