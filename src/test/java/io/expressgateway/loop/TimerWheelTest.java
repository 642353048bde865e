package io.expressgateway.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  @Test
  void movingADeadlineLaterPutsTheFiringOff() {
    TimerWheel wheel = new TimerWheel(0);
    Probe probe = new Probe();
    wheel.arm(probe, 2 * TimerWheel.TICK_NANOS);
    wheel.arm(probe, 10 * TimerWheel.TICK_NANOS);
    wheel.advance(9 * TimerWheel.TICK_NANOS);
    assertThat(probe.firedAt).isEqualTo(-1);
    assertThat(probe.isArmed()).isTrue();
    wheel.advance(11 * TimerWheel.TICK_NANOS);
    assertThat(probe.firedAt).isEqualTo(11 * TimerWheel.TICK_NANOS);
  }

  @Test
  void movingADeadlineEarlierBringsTheFiringForward() {
    TimerWheel wheel = new TimerWheel(0);
    Probe probe = new Probe();
    wheel.arm(probe, 200 * TimerWheel.TICK_NANOS);
    wheel.arm(probe, 3 * TimerWheel.TICK_NANOS);
    wheel.advance(4 * TimerWheel.TICK_NANOS);
    assertThat(probe.firedAt).isEqualTo(4 * TimerWheel.TICK_NANOS);
  }

  @Test
  void aDeadlineManyTurnsAwayIsMetInItsTick() {
    long far = 10_000 * TimerWheel.TICK_NANOS + 1;
    TimerWheel wheel = new TimerWheel(0);
    Probe probe = new Probe();
    wheel.arm(probe, far);
    for (long tick = 1; tick <= 10_001; tick++) {
      wheel.advance(tick * TimerWheel.TICK_NANOS);
    }
    assertThat(probe.firedAt).isEqualTo(10_001 * TimerWheel.TICK_NANOS);
  }

  @Test
  void aDeadlineInThePastIsMetAtTheNextTick() {
    TimerWheel wheel = new TimerWheel(100 * TimerWheel.TICK_NANOS);
    Probe probe = new Probe();
    wheel.arm(probe, 5);
    assertThat(probe.firedAt).isEqualTo(-1);
    wheel.advance(101 * TimerWheel.TICK_NANOS);
    assertThat(probe.firedAt).isEqualTo(101 * TimerWheel.TICK_NANOS);
  }

  @Test
  void aLoopThatSleptMeetsAllItMissed() {
    TimerWheel wheel = new TimerWheel(0);
    Probe[] probes = new Probe[600];
    for (int i = 0; i < probes.length; i++) {
      probes[i] = new Probe();
      wheel.arm(probes[i], i * TimerWheel.TICK_NANOS);
    }
    wheel.advance(2000 * TimerWheel.TICK_NANOS);
    assertThat(probes).allMatch(probe -> probe.firedAt == 2000 * TimerWheel.TICK_NANOS);
  }

  @Test
  void aTaskMayArmItselfAgain() {
    TimerWheel wheel = new TimerWheel(0);
    List<Long> fired = new ArrayList<>();
    TimerWheel.Task beat =
        new TimerWheel.Task() {
          @Override
          protected void onDeadline(long nowNanos) {
            fired.add(nowNanos / TimerWheel.TICK_NANOS);
            if (fired.size() < 3) {
              wheel.arm(this, nowNanos + 255 * TimerWheel.TICK_NANOS);
            }
          }
        };
    wheel.arm(beat, 1);
    for (long tick = 1; tick < 1000; tick++) {
      wheel.advance(tick * TimerWheel.TICK_NANOS);
    }
    assertThat(fired).containsExactly(1L, 256L, 511L);
  }

  @Test
  void aTaskMayCancelItsNeighbourOfTheSameTick() {
    TimerWheel wheel = new TimerWheel(0);
    Probe neighbour = new Probe();
    wheel.arm(
        new TimerWheel.Task() {
          @Override
          protected void onDeadline(long nowNanos) {
            wheel.cancel(neighbour);
          }
        },
        1);
    wheel.arm(neighbour, 1);
    wheel.advance(2 * TimerWheel.TICK_NANOS);
    assertThat(neighbour.firedAt).isEqualTo(-1);
  }

  /** Random arming, moving and cancelling beside a plain list that is looked through every tick. */
  @ParameterizedTest
  // System.nanoTime() may be anything, negative as well.
  @ValueSource(longs = {0, 123_456_789_012_345L, -123_456_789_012_345L, -49_999_999})
  void agreesWithAListThatIsSearched(long begin) {
    Random random = new Random(7 + begin);
    TimerWheel wheel = new TimerWheel(begin);
    Probe[] probes = new Probe[200];
    Arrays.setAll(probes, i -> new Probe());
    Map<Probe, Long> oracle = new IdentityHashMap<>();
    long now = begin;
    for (int step = 0; step < 4000; step++) {
      for (int i = random.nextInt(4); i > 0; i--) {
        Probe probe = probes[random.nextInt(probes.length)];
        if (random.nextInt(4) == 0) {
          wheel.cancel(probe);
          oracle.remove(probe);
        } else {
          long deadline = now + random.nextLong(TimerWheel.TICK_NANOS * 600);
          wheel.arm(probe, deadline);
          oracle.put(probe, deadline);
        }
      }
      now += TimerWheel.TICK_NANOS;
      wheel.advance(now);
      for (Probe probe : probes) {
        Long deadline = oracle.get(probe);
        if (deadline != null && !probe.isArmed()) {
          assertThat(probe.firedAt).isEqualTo(now);
          assertThat(now).isBetween(deadline, deadline + 2 * TimerWheel.TICK_NANOS);
          oracle.remove(probe);
        } else if (deadline != null) {
          assertThat(now).isLessThan(deadline + 2 * TimerWheel.TICK_NANOS);
        } else {
          assertThat(probe.isArmed()).isFalse();
        }
      }
    }
  }
}
