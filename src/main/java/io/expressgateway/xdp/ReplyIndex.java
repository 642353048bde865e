package io.expressgateway.xdp;

import io.expressgateway.xdp.kernel.BpfMap;
import io.expressgateway.xdp.layout.Limits;
import io.expressgateway.xdp.layout.ReplyRecord;
import io.expressgateway.xdp.layout.ServiceKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The map {@code replies}: which endpoints an address and port may stand for. Confined to the xdp
 * thread.
 */
final class ReplyIndex {

  private final BpfMap replies;
  private final Map<ServiceKey, TreeSet<Integer>> sharers = new HashMap<>();

  ReplyIndex(BpfMap replies) {
    this.replies = replies;
  }

  /** Forgets what an earlier process has written about addresses that nobody has added since. */
  void removeUnknown() {
    for (byte[] key : replies.keys()) {
      if (!sharers.containsKey(ServiceKey.decode(key))) {
        replies.remove(key);
      }
    }
  }

  /** Whether one more VIP may use this address and port. */
  boolean hasRoom(Slot slot) {
    TreeSet<Integer> indices = sharers.get(slot.service());
    return indices == null
        || indices.contains(slot.index())
        || indices.size() < Limits.MAX_SHARED;
  }

  /** Replies from the slot's address belong to it; again changes nothing. */
  void add(Slot slot) {
    if (sharers.computeIfAbsent(slot.service(), service -> new TreeSet<>()).add(slot.index())) {
      write(slot.service());
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
    } else {
      write(slot.service());
    }
  }

  private void write(ServiceKey service) {
    TreeSet<Integer> indices = sharers.getOrDefault(service, new TreeSet<>());
    replies.put(service.encode(), new ReplyRecord(List.copyOf(indices)).encode());
  }
}
