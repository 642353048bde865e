package io.expressgateway.config.compile;

import io.expressgateway.config.Problems;
import io.expressgateway.config.properties.RuleProperties;
import io.expressgateway.limit.Rule;
import io.expressgateway.limit.Rules;
import java.util.EnumMap;
import java.util.Map;

/**
 * The rules of the security catalogue as written to rules as enforced. Refuses what a rule cannot
 * do, with the reason. Confined to the thread that compiles.
 */
public final class SecurityCompiler {

  private static final String KEY = "expressgateway.security.";

  private final Problems problems;

  /** Reports to {@code problems}. */
  public SecurityCompiler(Problems problems) {
    this.problems = problems;
  }

  /** The rules; one that has a problem keeps its default. */
  public Rules compile(Map<Rule, RuleProperties> written) {
    Map<Rule, Rules.Setting> settings = new EnumMap<>(Rule.class);
    written.forEach((rule, properties) -> {
      Integer threshold = properties.threshold();
      if (threshold != null && !rule.hasThreshold()) {
        refuseThreshold(rule, threshold);
        threshold = null;
      }
      settings.put(
          rule,
          new Rules.Setting(
              threshold == null ? rule.defaultThreshold() : threshold,
              properties.observeOnly() && mayObserve(rule)));
    });
    return new Rules(settings);
  }

  private void refuseThreshold(Rule rule, Integer threshold) {
    problems.refuse(
        KEY + rule + ".threshold",
        threshold.toString(),
        "this rule does not count up to a threshold",
        rule.limitKey().isEmpty()
            ? "remove the key"
            : "set expressgateway." + rule.limitKey() + " instead");
  }

  private boolean mayObserve(Rule rule) {
    String never = rule.neverObserved();
    if (never == null) {
      return true;
    }
    problems.refuse(
        KEY + rule + ".observe-only",
        "true",
        never,
        rule.limitKey().isEmpty()
            ? "remove the key"
            : "remove the key; expressgateway." + rule.limitKey() + " sets the limit");
    return false;
  }
}
