package io.expressgateway.xdp;

import io.expressgateway.xdp.kernel.BpfMap;
import io.expressgateway.xdp.kernel.Bytes;
import io.expressgateway.xdp.kernel.MapBatches;
import io.expressgateway.xdp.layout.EndpointCount;
import io.expressgateway.xdp.layout.EndpointRecord;
import io.expressgateway.xdp.layout.Limits;
import io.expressgateway.xdp.layout.ServiceKey;
import io.expressgateway.xdp.layout.VipMode;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Who has which place in the array {@code endpoints}. A place that is taken again gets another
 * generation, so that no flow of its last tenant is sent to the next. Confined to the xdp thread.
 */
final class EndpointSlots {

  private static final int BATCH = 2048;

  private final BpfMap endpoints;
  private final BpfMap counts;
  private final BitSet taken = new BitSet(Limits.MAX_ENDPOINTS);
  private final int[] generations = new int[Limits.MAX_ENDPOINTS];
  private final Map<Integer, byte[]> written = new HashMap<>();

  /** Places are taken in turn, so that one that was freed rests while tables still name it. */
  private int next;

  EndpointSlots(BpfMap endpoints, BpfMap counts) {
    this.endpoints = endpoints;
    this.counts = counts;
  }

  /** Takes over what an earlier process has written: every place that is alive is taken. */
  void inherit(BiConsumer<Slot, EndpointRecord> found) {
    MapBatches batches = endpoints.batches(BATCH);
    int size = EndpointRecord.LAYOUT.size();
    for (int count = batches.next(); count >= 0; count = batches.next()) {
      for (int i = 0; i < count; i++) {
        int index = Bytes.intAt(batches.keys(), 4 * i);
        byte[] value = Arrays.copyOfRange(batches.values(), i * size, (i + 1) * size);
        EndpointRecord record = EndpointRecord.decode(value);
        generations[index] = record.generation();
        if (record.alive()) {
          taken.set(index);
          written.put(index, value);
          found.accept(
              new Slot(index, record.generation(), record.service(), record.mode()), record);
        }
      }
    }
  }

  /** A free place; null when all are taken. */
  @Nullable Slot take(ServiceKey service, VipMode mode) {
    int index = taken.nextClearBit(next);
    if (index >= Limits.MAX_ENDPOINTS) {
      index = taken.nextClearBit(0);
    }
    if (index >= Limits.MAX_ENDPOINTS) {
      return null;
    }
    next = index + 1;
    taken.set(index);
    counts.put(Bytes.ofInt(index), new byte[counts.valueSize()]);
    return new Slot(index, ++generations[index], service, mode);
  }

  /** Writes the record unless it is there already. */
  void write(Slot slot, EndpointRecord record) {
    byte[] value = record.encode();
    if (!Arrays.equals(value, written.get(slot.index()))) {
      endpoints.put(Bytes.ofInt(slot.index()), value);
      written.put(slot.index(), value);
    }
  }

  /** Its flows choose anew from now on, and the place may be taken again. */
  void free(Slot slot) {
    byte[] before = written.remove(slot.index());
    if (before != null) {
      EndpointRecord last = EndpointRecord.decode(before);
      endpoints.put(Bytes.ofInt(slot.index()), dead(last).encode());
    }
    taken.clear(slot.index());
  }

  private static EndpointRecord dead(EndpointRecord last) {
    return new EndpointRecord(
        last.generation(),
        false,
        last.mode(),
        last.service(),
        last.vip(),
        last.vipId(),
        null,
        0,
        last.outerSource());
  }

  /** What is written for it; null when nothing is yet. */
  @Nullable EndpointRecord written(Slot slot) {
    byte[] value = written.get(slot.index());
    return value == null ? null : EndpointRecord.decode(value);
  }

  /** What was counted since the place was taken. */
  EndpointCount count(Slot slot) {
    byte[] value = counts.get(Bytes.ofInt(slot.index()));
    return value == null ? EndpointCount.NONE : EndpointCount.sum(value);
  }
}
