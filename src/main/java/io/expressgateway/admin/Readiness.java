package io.expressgateway.admin;

import java.util.List;

/** Where the process stands between start and stop; what the probes answer. Thread-safe. */
public final class Readiness {

  private enum Phase {
    STARTING,
    READY,
    DRAINING
  }

  private volatile Phase phase = Phase.STARTING;

  /** A process that has not bound its listeners yet. */
  public Readiness() {}

  /** Every listener is bound; a drain that has begun is not taken back. */
  public synchronized void started() {
    if (phase == Phase.STARTING) {
      phase = Phase.READY;
    }
  }

  /** The process has been told to stop. */
  public synchronized void draining() {
    phase = Phase.DRAINING;
  }

  /** Why it must not get new traffic; empty when it may. */
  public List<String> notReady() {
    return switch (phase) {
      case STARTING -> List.of("starting: not every listener is bound");
      case READY -> List.of();
      case DRAINING -> List.of("draining: the process has been told to stop");
    };
  }

  /** Why the start is not over; empty once it was, also during a drain. */
  public List<String> notStarted() {
    return phase == Phase.STARTING ? notReady() : List.of();
  }
}
