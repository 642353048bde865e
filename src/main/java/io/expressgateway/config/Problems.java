package io.expressgateway.config;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects everything that is wrong, so that one start reports it all, and what is merely worth
 * saying. Confined to the thread that compiles.
 */
public final class Problems {

  private final List<Problem> refusals = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();

  /** Adds something that keeps the configuration from being used. */
  public void refuse(String key, String value, String reason, String remedy) {
    refuse(new Problem(key, value, reason, remedy));
  }

  /** As {@link #refuse(String, String, String, String)}; the same problem is kept once. */
  public void refuse(Problem problem) {
    if (!refusals.contains(problem)) {
      refusals.add(problem);
    }
  }

  /** Adds something that is accepted but has less effect than its author may think. */
  public void warn(String key, String value, String reason, String remedy) {
    Problem warning = new Problem(key, value, reason, remedy);
    if (!warnings.contains(warning)) {
      warnings.add(warning);
    }
  }

  /** What was refused so far, in the order found. */
  public List<Problem> refusals() {
    return List.copyOf(refusals);
  }

  /** What was warned of so far, in the order found. */
  public List<Problem> warnings() {
    return List.copyOf(warnings);
  }

  /** Whether nothing was refused. */
  public boolean isClean() {
    return refusals.isEmpty();
  }

  /** Writes {@code key | value | reason | remedy}, one problem a line. */
  public static void print(List<Problem> problems, PrintStream out) {
    problems.forEach(problem -> out.println(problem.line()));
    out.flush();
  }
}
