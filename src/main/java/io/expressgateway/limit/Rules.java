package io.expressgateway.limit;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * How strict each {@link Rule} is. Immutable; one array read per question, so that a connection may
 * ask whenever it wants to know.
 */
public final class Rules {

  /**
   * What a file says about one rule.
   *
   * @param threshold how many are allowed
   * @param isObserved whether it is only counted
   */
  public record Setting(int threshold, boolean isObserved) {}

  /** Every rule at its default and none observed only. */
  public static final Rules DEFAULTS = new Rules(Map.of());

  private final int[] thresholds;
  private final boolean[] observed;

  /** These settings, and defaults for the rules that are not in it. */
  public Rules(Map<Rule, Setting> settings) {
    Rule[] rules = Rule.values();
    thresholds = new int[rules.length];
    observed = new boolean[rules.length];
    for (Rule rule : rules) {
      Setting setting = settings.get(rule);
      int i = rule.ordinal();
      thresholds[i] = setting == null ? rule.defaultThreshold() : setting.threshold();
      observed[i] = setting != null && setting.isObserved();
    }
  }

  /** How many the rule allows; 0 for a rule without a threshold. */
  public int threshold(Rule rule) {
    return thresholds[rule.ordinal()];
  }

  /** Whether what the rule finds is counted with {@link Rule#OBSERVED} and let pass. */
  public boolean isObserved(Rule rule) {
    return observed[rule.ordinal()];
  }

  /** These rules but for one. */
  public Rules with(Rule rule, int threshold, boolean isObserved) {
    Map<Rule, Setting> settings = new EnumMap<>(Rule.class);
    for (Rule each : Rule.values()) {
      settings.put(each, new Setting(threshold(each), isObserved(each)));
    }
    settings.put(rule, new Setting(threshold, isObserved));
    return new Rules(settings);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Rules rules
        && Arrays.equals(thresholds, rules.thresholds)
        && Arrays.equals(observed, rules.observed);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(thresholds) + Arrays.hashCode(observed);
  }

  /** Every rule that differs from its default: equal rules have equal texts. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Rules[");
    for (Rule rule : Rule.values()) {
      if (threshold(rule) != rule.defaultThreshold() || isObserved(rule)) {
        text.append(rule.text()).append('=').append(threshold(rule));
        text.append(isObserved(rule) ? " observed;" : ";");
      }
    }
    return text.append(']').toString();
  }
}
