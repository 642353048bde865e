package io.expressgateway.xdp;

import io.expressgateway.balance.MaglevTable;
import io.expressgateway.xdp.kernel.BpfMap;
import io.expressgateway.xdp.kernel.Bytes;
import io.expressgateway.xdp.layout.Limits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Maglev tables of one VIP: the current one, and for a time the one before, which flows without
 * an entry may have been chosen by. Tables are never changed: a new one takes the place of the old
 * in one step. Confined to the xdp thread.
 */
final class MaglevMaps implements AutoCloseable {

  /**
   * How long the table before is asked. A flow that was forwarded without an entry gets one as soon
   * as the caps allow, so that minutes are plenty.
   */
  private static final long PREVIOUS_NANOS = 600_000_000_000L;

  private final BpfMap tables;
  private final int flags;
  private final int vipId;
  private List<Target> targets = List.of();
  private @Nullable BpfMap current;
  private boolean hasPrevious;
  private long swappedNanos;

  /** An endpoint that takes new flows. */
  record Target(String label, int weight, int endpoint) {}

  /**
   * Writes to this map of maps.
   *
   * @param flags that its elements must have
   */
  MaglevMaps(BpfMap tables, int flags, int vipId) {
    this.tables = tables;
    this.flags = flags;
    this.vipId = vipId;
  }

  /** Chooses among these from now on; nothing happens when they are those of before. */
  void swap(List<Target> wanted, long nowNanos) {
    if (wanted.isEmpty() || (current != null && wanted.equals(targets))) {
      return;
    }
    BpfMap next = table(wanted);
    BpfMap before = current;
    if (before == null) {
      tables.putMaps(Bytes.ofInt(2 * vipId), next);
    } else {
      // Previous first: between the two both are the old one, and no flow sees another.
      byte[] keys =
          ByteBuffer.allocate(8)
              .order(ByteOrder.nativeOrder())
              .putInt(2 * vipId + 1)
              .putInt(2 * vipId)
              .array();
      tables.putMaps(keys, before, next);
      before.close();
      hasPrevious = true;
      swappedNanos = nowNanos;
    }
    current = next;
    targets = List.copyOf(wanted);
  }

  private BpfMap table(List<Target> targets) {
    int[] picks =
        MaglevTable.populate(
            targets.stream().map(Target::label).toList(),
            targets.stream().mapToInt(Target::weight).toArray(),
            Limits.MAGLEV_SLOTS);
    ByteBuffer values = ByteBuffer.allocate(4 * picks.length).order(ByteOrder.nativeOrder());
    for (int pick : picks) {
      values.putInt(targets.get(pick).endpoint());
    }
    BpfMap table = BpfMap.createArray("maglev", 4, Limits.MAGLEV_SLOTS, flags);
    table.fill(values.array());
    return table;
  }

  /** Whether the table before is asked. */
  boolean hasPrevious() {
    return hasPrevious;
  }

  /** Lets the table before go when its time is over; whether it did. */
  boolean retirePrevious(long nowNanos) {
    if (!hasPrevious || nowNanos - swappedNanos < PREVIOUS_NANOS) {
      return false;
    }
    hasPrevious = false;
    return true;
  }

  /** Takes the tables out of the kernel. */
  void remove() {
    tables.remove(Bytes.ofInt(2 * vipId));
    tables.remove(Bytes.ofInt(2 * vipId + 1));
    close();
  }

  @Override
  public void close() {
    if (current != null) {
      current.close();
      current = null;
    }
  }
}
