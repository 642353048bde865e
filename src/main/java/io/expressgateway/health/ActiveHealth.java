package io.expressgateway.health;

/**
 * What the active checks of one endpoint say. Undecided until the first result, which decides at
 * once; after that only enough results in a row turn the verdict. Any thread; results come from one
 * prober, but a reload may make another one overlap.
 */
public final class ActiveHealth {

  private enum Verdict {
    UNDECIDED,
    PASSING,
    FAILING
  }

  private volatile Verdict verdict = Verdict.UNDECIDED;

  /** Results in a row against the verdict. Guarded by this. */
  private int opposing;

  /** Whether there has been a result. */
  public boolean isDecided() {
    return verdict != Verdict.UNDECIDED;
  }

  /** Whether the endpoint has failed its checks; false while undecided. */
  public boolean isFailing() {
    return verdict == Verdict.FAILING;
  }

  /**
   * Takes one result.
   *
   * @param healthyThreshold successes in a row that turn a failing endpoint
   * @param unhealthyThreshold failures in a row that turn a passing one
   * @return whether the verdict has changed, a first one included
   */
  public synchronized boolean checked(
      boolean success, int healthyThreshold, int unhealthyThreshold) {
    Verdict said = success ? Verdict.PASSING : Verdict.FAILING;
    if (said == verdict) {
      opposing = 0;
      return false;
    }
    opposing++;
    int needed = success ? healthyThreshold : unhealthyThreshold;
    if (verdict != Verdict.UNDECIDED && opposing < needed) {
      return false;
    }
    opposing = 0;
    verdict = said;
    return true;
  }

  /** Forgets everything, as when checks are no longer configured. */
  public synchronized void forget() {
    opposing = 0;
    verdict = Verdict.UNDECIDED;
  }
}
