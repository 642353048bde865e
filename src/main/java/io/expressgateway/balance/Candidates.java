package io.expressgateway.balance;

import java.util.List;

/**
 * The targets that may be picked, with the weight that each has now. Immutable, never empty.
 *
 * @param <T> what is picked
 */
public final class Candidates<T extends Target> {

  private final List<T> targets;
  private final int[] weights;
  private final long totalWeight;

  /**
   * Copies both.
   *
   * @throws IllegalArgumentException when there is no target, or a weight is missing or below 1
   */
  public Candidates(List<T> targets, int[] weights) {
    if (targets.isEmpty() || targets.size() != weights.length) {
      throw new IllegalArgumentException(
          targets.size() + " targets with " + weights.length + " weights");
    }
    this.targets = List.copyOf(targets);
    this.weights = weights.clone();
    long total = 0;
    for (int weight : weights) {
      if (weight < 1) {
        throw new IllegalArgumentException("weight " + weight + " cannot be picked");
      }
      total += weight;
    }
    this.totalWeight = total;
  }

  int size() {
    return weights.length;
  }

  T get(int index) {
    return targets.get(index);
  }

  int weight(int index) {
    return weights[index];
  }

  int[] weights() {
    return weights.clone();
  }

  long totalWeight() {
    return totalWeight;
  }

  boolean hasEqualWeights() {
    for (int weight : weights) {
      if (weight != weights[0]) {
        return false;
      }
    }
    return true;
  }

  /**
   * The first untried target at or after {@code from}, going round; that at it if all are tried.
   */
  T untriedFrom(int from, BalanceRequest<T> request) {
    int index = from;
    for (int step = 0; step < weights.length; step++) {
      T target = targets.get(index);
      if (!request.isTried(target)) {
        return target;
      }
      index = index + 1 == weights.length ? 0 : index + 1;
    }
    return targets.get(from);
  }
}
