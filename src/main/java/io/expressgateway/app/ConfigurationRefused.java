package io.expressgateway.app;

import io.expressgateway.config.Problem;
import java.util.List;

/** A configuration is not served, for these reasons: all of them, not the first. */
public final class ConfigurationRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /** At least one problem. */
  public ConfigurationRefused(List<Problem> problems) {
    super(problems.size() + " problems, the first: " + problems.getFirst().line());
    this.problems = List.copyOf(problems);
  }

  /** In the order in which they are told. */
  public List<Problem> problems() {
    return problems;
  }
}
