package io.expressgateway.balance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Consistent hashing on a ring (Karger et al., "Consistent Hashing and Random Trees", STOC 1997)
 * with weighted virtual nodes in the manner of ketama: a target of mean weight owns {@value
 * #POINTS_PER_TARGET} points, others in proportion, none fewer than one. A request belongs to the
 * first point at or after its hash. When a target goes, only its own requests move.
 *
 * <p>A target's points are numbered, and another number of them only adds or removes at the end of
 * its list, so a change of weight moves little more than the share that changes.
 */
final class RingHash<T extends Target> implements LoadBalancer<T> {

  /** Ketama's 160: 40 digests of 4 points each. */
  static final int POINTS_PER_TARGET = 160;

  /** Points looked at for an untried target before going through the candidates in order. */
  private static final int MAX_LOOK_AHEAD = 64;

  private final Candidates<T> candidates;
  private final long[] points;
  private final int[] owners;

  RingHash(Candidates<T> candidates) {
    this.candidates = candidates;
    List<Point> ring = ring(candidates);
    this.points = new long[ring.size()];
    this.owners = new int[ring.size()];
    for (int i = 0; i < points.length; i++) {
      points[i] = ring.get(i).hash();
      owners[i] = ring.get(i).owner();
    }
  }

  private static <T extends Target> List<Point> ring(Candidates<T> candidates) {
    double pointsPerWeight =
        (double) POINTS_PER_TARGET * candidates.size() / candidates.totalWeight();
    List<Point> ring = new ArrayList<>();
    for (int i = 0; i < candidates.size(); i++) {
      long count = Math.max(1, Math.round(candidates.weight(i) * pointsPerWeight));
      for (long point = 0; point < count; point++) {
        ring.add(new Point(Hash64.of(candidates.get(i).label(), point), i));
      }
    }
    ring.sort(
        Comparator.comparingLong(Point::hash)
            .thenComparing(point -> candidates.get(point.owner()).label()));
    return ring;
  }

  @Override
  public T pick(BalanceRequest<T> request) {
    int at = pointAfter(Hash64.mix(request.hash()));
    for (int i = 0; i < Math.min(MAX_LOOK_AHEAD, points.length); i++) {
      T target = candidates.get(owners[(at + i) % points.length]);
      if (!request.isTried(target)) {
        return target;
      }
    }
    return candidates.untriedFrom(owners[at], request);
  }

  private int pointAfter(long hash) {
    int found = Arrays.binarySearch(points, hash);
    int at = found >= 0 ? found : -found - 1;
    return at == points.length ? 0 : at;
  }

  private record Point(long hash, int owner) {}
}
