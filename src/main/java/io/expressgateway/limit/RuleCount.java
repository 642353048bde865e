package io.expressgateway.limit;

/**
 * How often one connection has done what a {@link Rule} counts, in the rule's window. The clock is
 * read only when the number has reached the threshold, so that a window may hold what was counted
 * over a longer time and never what was counted over a shorter one. Confined to the connection's
 * event loop.
 */
public final class RuleCount {

  /** What follows from one more. */
  public enum Verdict {
    /** Nothing. */
    ALLOWED,
    /** It is one too many and the rule is only observed: report it. Once per window. */
    OBSERVED,
    /** It is one too many: report it and act. */
    REFUSED
  }

  private final Rule rule;
  private final Rules rules;
  private long windowStartNanos;
  private int count;
  private boolean isReported;

  /**
   * Nothing counted yet.
   *
   * @param nowNanos as {@link System#nanoTime} tells it
   */
  public RuleCount(Rule rule, Rules rules, long nowNanos) {
    this.rule = rule;
    this.rules = rules;
    this.windowStartNanos = nowNanos;
  }

  /** One more, now. */
  public Verdict count() {
    return ++count <= rules.threshold(rule) ? Verdict.ALLOWED : judge(System.nanoTime());
  }

  /** What follows when the threshold was passed at {@code nowNanos}. */
  Verdict judge(long nowNanos) {
    if (nowNanos - windowStartNanos > rule.window().toNanos()) {
      windowStartNanos = nowNanos;
      count = 1;
      isReported = false;
      return Verdict.ALLOWED;
    }
    if (!rules.isObserved(rule)) {
      return Verdict.REFUSED;
    }
    if (isReported) {
      return Verdict.ALLOWED;
    }
    isReported = true;
    return Verdict.OBSERVED;
  }
}
