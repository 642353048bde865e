package io.expressgateway.xdp;

import io.expressgateway.net.Cidr;
import io.expressgateway.xdp.kernel.BpfMap;
import io.expressgateway.xdp.kernel.Bytes;
import io.expressgateway.xdp.kernel.MapBatches;
import io.expressgateway.xdp.layout.FlowKey;
import io.expressgateway.xdp.layout.FlowRecord;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Walks through the flow tables and removes what is over: flows that have been silent for longer
 * than their state allows, and flows that must not go on. Nothing else removes flows; the kernel
 * evicts none.
 *
 * <p>Between reading a flow and removing it a packet may come by. Its flow is then chosen anew,
 * which by the table is the same endpoint unless that was changed in between: tolerated, since it
 * needs a packet within microseconds after minutes of silence. Confined to the xdp thread.
 */
final class FlowCollector {

  private static final int BATCH = 4096;

  /** Above this share of a table flows are collected aggressively, and below it the gate opens. */
  private static final double HIGH = 0.8;

  /** From this share on the gate is closed. */
  private static final double FULL = 0.9;

  private final BpfMap flowsV4;
  private final BpfMap flowsV6;
  private final KernelClock clock;
  private FlowTally last = new FlowTally();
  private boolean gateClosed;

  FlowCollector(BpfMap flowsV4, BpfMap flowsV6, KernelClock clock) {
    this.flowsV4 = flowsV4;
    this.flowsV6 = flowsV6;
    this.clock = clock;
  }

  /** Which flows must not go on, silent or not. */
  interface Purge extends Predicate<FlowKey> {

    /** Those of sources that are denied and not allowed. */
    static Purge denied(List<Cidr> deny, List<Cidr> allow) {
      return key -> contains(deny, key.source()) && !contains(allow, key.source());
    }

    private static boolean contains(List<Cidr> networks, InetAddress address) {
      return networks.stream().anyMatch(network -> network.contains(address));
    }
  }

  /** Walks through both tables once, and removes what is over. */
  FlowTally collect() {
    return collect(null);
  }

  /** The same, and removes what must not go on. */
  FlowTally collect(@Nullable Purge purge) {
    FlowTally tally = new FlowTally();
    int now = (int) clock.jiffies();
    walk(flowsV4, true, now, timeouts(last.v4(), flowsV4), purge, tally);
    walk(flowsV6, false, now, timeouts(last.v6(), flowsV6), purge, tally);
    last = tally;
    double share = share(tally);
    gateClosed = gateClosed ? share >= HIGH : share >= FULL;
    return tally;
  }

  private static FlowTimeouts timeouts(int flows, BpfMap table) {
    return flows > HIGH * table.maxEntries() ? FlowTimeouts.AGGRESSIVE : FlowTimeouts.NORMAL;
  }

  private double share(FlowTally tally) {
    return Math.max(
        tally.v4() / (double) flowsV4.maxEntries(), tally.v6() / (double) flowsV6.maxEntries());
  }

  /** Whether no new flow should be entered. */
  boolean isGateClosed() {
    return gateClosed;
  }

  /**
   * Whether the tables are so full that the next walk should not wait long.
   *
   * @param entered flows since the last walk
   */
  boolean isUrgent(long entered) {
    return last.v4() + entered >= HIGH * flowsV4.maxEntries()
        || last.v6() + entered >= HIGH * flowsV6.maxEntries();
  }

  /** What the last walk has left. */
  FlowTally tally() {
    return last;
  }

  private void walk(
      BpfMap table,
      boolean ipv4,
      int now,
      FlowTimeouts timeouts,
      @Nullable Purge purge,
      FlowTally tally) {
    MapBatches batches = table.batches(Math.min(BATCH, table.maxEntries()));
    byte[] over = new byte[batches.keys().length];
    for (int count = batches.next(); count >= 0; count = batches.next()) {
      int removed = 0;
      for (int i = 0; i < count; i++) {
        int key = i * table.keySize();
        int value = i * table.valueSize();
        if (isOver(batches.values(), value, now, timeouts)
            || (purge != null && purge.test(FlowKey.decode(batches.keys(), key, ipv4)))) {
          System.arraycopy(batches.keys(), key, over, removed++ * table.keySize(), table.keySize());
        } else {
          tally.count(
              FlowRecord.endpointAt(batches.values(), value),
              FlowRecord.stateAt(batches.values(), value),
              ipv4);
        }
      }
      for (int i = 0; i < removed; i++) {
        table.remove(Arrays.copyOfRange(over, i * table.keySize(), (i + 1) * table.keySize()));
      }
    }
  }

  private boolean isOver(byte[] values, int value, int now, FlowTimeouts timeouts) {
    // Jiffies wrap around; a packet after the clock was read makes the difference negative.
    int silent = now - Bytes.intAt(values, value + FlowRecord.SEEN);
    long allowed = (long) timeouts.seconds(FlowRecord.stateAt(values, value)) * clock.hertz();
    return silent > 0 && silent >= allowed;
  }
}
