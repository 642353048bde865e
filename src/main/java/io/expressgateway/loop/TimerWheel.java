package io.expressgateway.loop;

import org.jspecify.annotations.Nullable;

/**
 * Deadlines of one event loop: a hashed timing wheel (Varghese and Lauck, SOSP 1987, scheme 6) with
 * intrusive, lazily moved tasks. Moving a deadline later, which is what every request does, writes
 * one field; the task is put in its new slot when its old one comes up. Cancelling unlinks at once,
 * so a finished exchange is not kept alive by its timer.
 *
 * <p>Confined to the event loop. A deadline is met within one tick, never early.
 */
public final class TimerWheel {

  /** Length of a tick: fine enough for time-outs, coarse enough to cost nothing when idle. */
  public static final long TICK_NANOS = 50_000_000;

  private static final int SLOTS = 256;

  private final Task[] slots = new Task[SLOTS];
  private long tick;

  /** A wheel that stands at {@code nowNanos}. */
  public TimerWheel(long nowNanos) {
    tick = nowNanos / TICK_NANOS;
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = new Sentinel();
    }
  }

  /** Something with a deadline. */
  public abstract static class Task {
    private @Nullable Task previous;
    private @Nullable Task next;
    private long deadline;
    private long slotTick;

    /** The deadline has passed and the task is no longer armed. May arm it again. */
    protected abstract void onDeadline(long nowNanos);

    /** Whether a deadline is set. */
    public final boolean isArmed() {
      return next != null;
    }

    private void unlink() {
      Task before = previous;
      Task after = next;
      if (before != null && after != null) {
        before.next = after;
        after.previous = before;
      }
      previous = null;
      next = null;
    }
  }

  private static final class Sentinel extends Task {
    Sentinel() {
      super.previous = this;
      super.next = this;
    }

    @Override
    protected void onDeadline(long nowNanos) {
      throw new IllegalStateException("a sentinel has no deadline");
    }
  }

  /** Sets or moves the deadline of a task. */
  public void arm(Task task, long deadlineNanos) {
    task.deadline = deadlineNanos;
    long due = dueTick(deadlineNanos);
    if (task.isArmed()) {
      if (due >= task.slotTick) {
        return;
      }
      task.unlink();
    }
    link(task, due);
  }

  /** Takes the deadline away; a no-op when there is none. */
  public void cancel(Task task) {
    task.unlink();
  }

  private static long dueTick(long deadlineNanos) {
    return Math.floorDiv(deadlineNanos, TICK_NANOS) + 1;
  }

  private void link(Task task, long due) {
    // Beyond the horizon the task waits in the farthest slot and is placed again from there.
    task.slotTick = Math.clamp(due, tick + 1, tick + SLOTS - 1);
    Task sentinel = slots[(int) (task.slotTick & (SLOTS - 1))];
    Task last = sentinel.previous;
    task.previous = last;
    task.next = sentinel;
    if (last != null) {
      last.next = task;
    }
    sentinel.previous = task;
  }

  /** Runs every task whose deadline has passed. Called once per tick. */
  @SuppressWarnings("ReferenceEquality") // the sentinel is one object
  public void advance(long nowNanos) {
    long now = nowNanos / TICK_NANOS;
    while (tick < now) {
      tick++;
      Task sentinel = slots[(int) (tick & (SLOTS - 1))];
      // Tasks armed while this slot runs go to later slots, so the walk ends.
      Task task = sentinel.next;
      while (task != null && task != sentinel) {
        task.unlink();
        if (task.deadline <= nowNanos) {
          task.onDeadline(nowNanos);
        } else {
          link(task, dueTick(task.deadline));
        }
        task = sentinel.next;
      }
    }
  }
}
