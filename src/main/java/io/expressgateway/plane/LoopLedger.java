package io.expressgateway.plane;

import io.expressgateway.plane.DataPlane.Ledger;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** The ledger of one event loop. Written by that loop only, without locks; read by any thread. */
public final class LoopLedger {

  private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int ACCEPTED = 0;
  private static final int COMPLETED = 1;
  private static final int REFUSED = 2;
  private static final int ABORTED = 3;

  private final long[] counts = new long[4];

  /** Nothing counted. */
  public LoopLedger() {}

  private void add(int index) {
    LONGS.setOpaque(counts, index, counts[index] + 1);
  }

  private long get(int index) {
    return (long) LONGS.getOpaque(counts, index);
  }

  /** One has begun. */
  public void countAccepted() {
    add(ACCEPTED);
  }

  /** One has ended as its protocol has it. */
  public void countCompleted() {
    add(COMPLETED);
  }

  /** One has been turned away before an endpoint was chosen. */
  public void countRefused() {
    add(REFUSED);
  }

  /** One has ended early. */
  public void countAborted() {
    add(ABORTED);
  }

  /** The counts; ends are read before beginnings, so that none shows that did not begin. */
  public Ledger ledger() {
    long completed = get(COMPLETED);
    long refused = get(REFUSED);
    long aborted = get(ABORTED);
    return new Ledger(get(ACCEPTED), completed, refused, aborted);
  }
}
