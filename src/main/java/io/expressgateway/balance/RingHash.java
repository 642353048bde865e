package io.expressgateway.balance;

import java.util.Arrays;

/**
 * Consistent hashing on a ring (Karger et al., "Consistent Hashing and Random Trees", STOC 1997)
 * with weighted virtual nodes in the manner of ketama: a target of mean weight owns {@value
 * #POINTS_PER_TARGET} points, others in proportion, none fewer than one. A request belongs to the
 * first point at or after its hash. When a target goes, only its own requests move.
 *
 * <p>A target's points are numbered, and another number of them only adds or removes at the end of
 * its list, so a change of weight moves little more than the share that changes.
 *
 * <p>A point is one {@code long}: its place in the upper bits, its owner in the lower 20, so that
 * the ring is sorted and searched as plain numbers. The 44 bits left keep a hundred thousand points
 * apart.
 */
final class RingHash<T extends Target> implements LoadBalancer<T> {

  /** Ketama's 160: 40 digests of 4 points each. */
  static final int POINTS_PER_TARGET = 160;

  /** Points looked at for an untried target before going through the candidates in order. */
  private static final int MAX_LOOK_AHEAD = 64;

  private static final long OWNER_MASK = (1L << 20) - 1;

  /** 2^64 divided by the golden ratio; spreads the numbers of a target's points before mixing. */
  private static final long POINT_STEP = 0x9e3779b97f4a7c15L;

  private final Candidates<T> candidates;
  private final long[] points;

  RingHash(Candidates<T> candidates) {
    this.candidates = candidates;
    int[] counts = new int[candidates.size()];
    int total = 0;
    for (int i = 0; i < counts.length; i++) {
      counts[i] = pointsOf(candidates, i);
      total += counts[i];
    }
    this.points = new long[total];
    int next = 0;
    for (int i = 0; i < counts.length; i++) {
      long label = Hash64.of(candidates.get(i).label());
      for (int point = 0; point < counts[i]; point++) {
        points[next++] = (Hash64.mix(label + point * POINT_STEP) & ~OWNER_MASK) | i;
      }
    }
    Arrays.sort(points);
  }

  private static int pointsOf(Candidates<?> candidates, int index) {
    double share = (double) candidates.weight(index) * candidates.size();
    return Math.max(1, (int) Math.round(POINTS_PER_TARGET * share / candidates.totalWeight()));
  }

  @Override
  public T pick(BalanceRequest<T> request) {
    int at = pointAfter(Hash64.mix(request.hash()));
    for (int i = 0; i < Math.min(MAX_LOOK_AHEAD, points.length); i++) {
      T target = candidates.get(owner((at + i) % points.length));
      if (!request.isTried(target)) {
        return target;
      }
    }
    return candidates.untriedFrom(owner(at), request);
  }

  private int pointAfter(long hash) {
    int found = Arrays.binarySearch(points, hash & ~OWNER_MASK);
    int at = found >= 0 ? found : -found - 1;
    return at == points.length ? 0 : at;
  }

  private int owner(int point) {
    return (int) (points[point] & OWNER_MASK);
  }
}
