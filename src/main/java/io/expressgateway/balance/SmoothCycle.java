package io.expressgateway.balance;

/**
 * One whole period of smooth weighted round-robin, computed ahead.
 *
 * <p>The algorithm is nginx's (Igor Sysoev, 2012): every turn each candidate's credit grows by its
 * weight, the one with most credit is taken and pays the sum of all weights. With integer weights
 * it repeats after {@code sum / gcd} turns, so the period is stored once and a pick becomes an
 * array read: no credits to share between threads, hence no lock.
 *
 * <p>A period is at most {@value #MAX_LENGTH} turns. Weights whose sum is larger are scaled down,
 * none below 1: a share is then off by at most half a turn in the period.
 */
final class SmoothCycle {

  static final int MAX_LENGTH = 8192;

  /** Slots looked at for an untried target before going through the candidates in order. */
  private static final int MAX_LOOK_AHEAD = 16;

  private final int[] order;

  private SmoothCycle(int[] order) {
    this.order = order;
  }

  static SmoothCycle of(int[] weights) {
    int[] reduced = reduce(weights);
    int sum = 0;
    for (int weight : reduced) {
      sum += weight;
    }
    int[] order = new int[sum];
    int[] credit = new int[reduced.length];
    for (int slot = 0; slot < sum; slot++) {
      int best = 0;
      for (int i = 0; i < reduced.length; i++) {
        credit[i] += reduced[i];
        if (credit[i] > credit[best]) {
          best = i;
        }
      }
      credit[best] -= sum;
      order[slot] = best;
    }
    return new SmoothCycle(order);
  }

  private static int[] reduce(int[] weights) {
    int divisor = 0;
    long sum = 0;
    for (int weight : weights) {
      divisor = gcd(weight, divisor);
      sum += weight;
    }
    double scale = Math.min(1.0 / divisor, (double) MAX_LENGTH / sum);
    int[] reduced = new int[weights.length];
    for (int i = 0; i < weights.length; i++) {
      reduced[i] = Math.max(1, (int) Math.round(weights[i] * scale));
    }
    return reduced;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  int length() {
    return order.length;
  }

  int at(int slot) {
    return order[slot];
  }

  <T extends Target> T untriedFrom(int slot, Candidates<T> candidates, BalanceRequest<T> request) {
    int looks = Math.min(MAX_LOOK_AHEAD, order.length);
    for (int i = 0; i < looks; i++) {
      T target = candidates.get(order[(slot + i) % order.length]);
      if (!request.isTried(target)) {
        return target;
      }
    }
    return candidates.untriedFrom(order[slot], request);
  }
}
