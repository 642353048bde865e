package io.expressgateway.balance;

import java.util.Arrays;

/** Draws an index with a probability that is its share of the weights, in O(log n). */
final class WeightedDraw {

  private final long[] upTo;
  private final RandomSource random;

  WeightedDraw(Candidates<?> candidates, RandomSource random) {
    this.random = random;
    this.upTo = new long[candidates.size()];
    long sum = 0;
    for (int i = 0; i < upTo.length; i++) {
      sum += candidates.weight(i);
      upTo[i] = sum;
    }
  }

  int next() {
    long ticket = random.below(upTo[upTo.length - 1]);
    int found = Arrays.binarySearch(upTo, ticket + 1);
    return found >= 0 ? found : -found - 1;
  }
}
