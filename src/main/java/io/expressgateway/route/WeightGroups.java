package io.expressgateway.route;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The groups of the Weight predicates of a table: each group's routes share out the range from zero
 * to one in proportion to their weights. Filled while a table is compiled, then only read.
 */
final class WeightGroups {

  private final Map<String, Map<Integer, Integer>> groups = new HashMap<>();

  /** Adds a route to its group. */
  void add(String group, int route, int weight) {
    groups.computeIfAbsent(group, _ -> new LinkedHashMap<>()).put(route, weight);
  }

  /** The share {@code [from, to)} of a route in its group; null when the group weighs nothing. */
  double @Nullable [] share(String group, int route) {
    Map<Integer, Integer> weights = groups.getOrDefault(group, Map.of());
    long total = weights.values().stream().mapToLong(Integer::longValue).sum();
    if (total == 0) {
      return null;
    }
    long before = 0;
    for (Map.Entry<Integer, Integer> entry : weights.entrySet()) {
      long behind = before + entry.getValue();
      if (entry.getKey() == route) {
        return new double[] {(double) before / total, (double) behind / total};
      }
      before = behind;
    }
    return null;
  }
}
