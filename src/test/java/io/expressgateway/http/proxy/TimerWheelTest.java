package io.expressgateway.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerWheelTest {

  private static final class Probe extends TimerWheel.Task {
    private long firedAt = -1;

    @Override
    protected void onDeadline(long nowNanos) {
      firedAt = nowNanos;
    }
  }

  @Test
  void meetsEveryDeadlineWithinOneTickAndNeverEarly() {
    Random random = new Random(5);
    TimerWheel wheel = new TimerWheel(0);
    long[] deadlines = new long[500];
    Probe[] probes = new Probe[deadlines.length];
    for (int i = 0; i < probes.length; i++) {
      probes[i] = new Probe();
      wheel.arm(probes[i], random.nextLong(TimerWheel.TICK_NANOS * 700));
      deadlines[i] = random.nextLong(TimerWheel.TICK_NANOS * 700);
      wheel.arm(probes[i], deadlines[i]);
    }
    for (long tick = 1; tick <= 702; tick++) {
      wheel.advance(tick * TimerWheel.TICK_NANOS);
    }
    for (int i = 0; i < probes.length; i++) {
      assertThat(probes[i].firedAt - deadlines[i]).isBetween(0L, TimerWheel.TICK_NANOS);
      assertThat(probes[i].isArmed()).isFalse();
    }
  }

  @Test
  void aCancelledTaskIsForgotten() {
    TimerWheel wheel = new TimerWheel(0);
    Probe probe = new Probe();
    wheel.cancel(probe);
    wheel.arm(probe, 1);
    wheel.cancel(probe);
    wheel.advance(TimerWheel.TICK_NANOS * 600);
    assertThat(probe.firedAt).isEqualTo(-1);
  }
}
