package io.expressgateway.xdp;

import io.expressgateway.xdp.kernel.BpfProgram;
import io.expressgateway.xdp.kernel.Bytes;

/**
 * The kernel's clock as the packet path reads it: jiffies, whose rate only the kernel's build
 * knows. A program writes them into a packet.
 */
final class KernelClock {

  /** The rates that Linux can be built with (CONFIG_HZ). */
  private static final int[] RATES = {100, 250, 300, 1000};

  /** Long enough to tell 250 from 300 when it is measured from tick to tick. */
  private static final long MEASURE_NANOS = 40_000_000;

  private static final int PACKET = 64;

  private final BpfProgram clock;
  private final int hertz;

  /** Measures the rate, for about 50 ms. */
  KernelClock(BpfProgram clock) {
    this.clock = clock;
    this.hertz = measure();
  }

  /** Jiffies per second. */
  int hertz() {
    return hertz;
  }

  /** Jiffies now; the flow table has the low 32 bits. */
  long jiffies() {
    return Bytes.longAt(clock.run(new byte[PACKET]).packet(), 0);
  }

  private int measure() {
    long begin = nextTick(jiffies());
    long beginNanos = System.nanoTime();
    long end = begin;
    long endNanos = beginNanos;
    while (endNanos - beginNanos < MEASURE_NANOS) {
      end = nextTick(end);
      endNanos = System.nanoTime();
    }
    return closest((end - begin) * 1e9 / (endNanos - beginNanos));
  }

  private long nextTick(long from) {
    long now = jiffies();
    while (now == from) {
      Thread.onSpinWait();
      now = jiffies();
    }
    return now;
  }

  /** The rate that is nearest. */
  static int closest(double measured) {
    int closest = RATES[0];
    for (int rate : RATES) {
      if (Math.abs(rate - measured) < Math.abs(closest - measured)) {
        closest = rate;
      }
    }
    return closest;
  }
}
