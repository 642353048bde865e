package io.expressgateway.metrics;

import java.util.HashSet;
import java.util.Set;

/**
 * How many label sets one metric may have. First come, first served; what comes later is counted
 * under {@code _other}. Thread-safe; asked once per label set and loop, not per request.
 */
final class LabelBudget {

  /** The label value of everything that found no room. */
  static final String OTHER = "_other";

  private final int limit;
  private final Set<LabelSet> admitted = new HashSet<>();
  private final Set<LabelSet> folded = new HashSet<>();

  LabelBudget(int limit) {
    this.limit = limit;
  }

  /** Whether this set has, or now gets, a place of its own. */
  synchronized boolean admits(LabelSet set) {
    if (admitted.contains(set)) {
      return true;
    }
    if (admitted.size() < limit) {
      admitted.add(set);
      return true;
    }
    // Counted up to the budget again: the figure says "too many", not how many.
    if (folded.size() < limit) {
      folded.add(set);
    }
    return false;
  }

  /** Label sets that went to {@code _other}. */
  synchronized int folded() {
    return folded.size();
  }
}
