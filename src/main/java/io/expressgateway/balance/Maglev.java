package io.expressgateway.balance;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Maglev hashing (Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer",
 * NSDI 2016, section 3.4): a lookup table that is nearly perfectly even, and that changes little
 * more than it must when a target comes or goes.
 *
 * <p>Every target has its own permutation of the table's slots, made of an offset and a skip that
 * come from two hashes of its label; the size is prime, so the skip visits every slot. In turn,
 * each target claims the next slot of its permutation that is still free, until none is. Weights
 * are given as turns: in one round the heaviest target gets a turn, a lighter one gathers credit
 * until it has earned one. Targets are sorted by label first, so that the order in a file does not
 * count.
 */
final class Maglev<T extends Target> implements LoadBalancer<T> {

  /** The paper's sizes: 65 537, and 655 373 where a hundred slots per target need it. */
  static final int SMALL_TABLE = 65_537;

  static final int LARGE_TABLE = 655_373;

  private static final int SLOTS_PER_TARGET = 100;
  private static final long OFFSET_SEED = 1;
  private static final long SKIP_SEED = 2;

  /** Slots looked at for an untried target before going through the candidates in order. */
  private static final int MAX_REHASHES = 16;

  /** 2^64 divided by the golden ratio, odd: any odd number far from 1 would do. */
  private static final long REHASH_STEP = 0x9e3779b97f4a7c15L;

  private final Candidates<T> candidates;
  private final int[] table;

  Maglev(Candidates<T> candidates) {
    this.candidates = candidates;
    this.table = populate(candidates);
  }

  private static <T extends Target> int[] populate(Candidates<T> candidates) {
    int count = candidates.size();
    int size = count > SMALL_TABLE / SLOTS_PER_TARGET ? LARGE_TABLE : SMALL_TABLE;
    int[] order = byLabel(candidates);
    int heaviest = 0;
    int[] next = new int[count];
    int[] skip = new int[count];
    for (int i = 0; i < count; i++) {
      String label = candidates.get(i).label();
      next[i] = (int) Long.remainderUnsigned(Hash64.of(label, OFFSET_SEED), size);
      skip[i] = (int) Long.remainderUnsigned(Hash64.of(label, SKIP_SEED), size - 1) + 1;
      heaviest = Math.max(heaviest, candidates.weight(i));
    }
    int[] table = new int[size];
    Arrays.fill(table, -1);
    long[] credit = new long[count];
    int filled = 0;
    while (filled < size) {
      for (int i : order) {
        credit[i] += candidates.weight(i);
        if (credit[i] < heaviest) {
          continue;
        }
        credit[i] -= heaviest;
        while (table[next[i]] >= 0) {
          next[i] = advance(next[i], skip[i], size);
        }
        table[next[i]] = i;
        if (++filled == size) {
          break;
        }
      }
    }
    return table;
  }

  private static int advance(int slot, int skip, int size) {
    int sum = slot + skip;
    return sum >= size ? sum - size : sum;
  }

  private static <T extends Target> int[] byLabel(Candidates<T> candidates) {
    Integer[] order = new Integer[candidates.size()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparing(i -> candidates.get(i).label()));
    return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
  }

  int tableSize() {
    return table.length;
  }

  T slot(int slot) {
    return candidates.get(table[slot]);
  }

  @Override
  public T pick(BalanceRequest<T> request) {
    int slot = slotOf(request.hash());
    T target = slot(slot);
    return request.isTried(target) ? another(slot, request) : target;
  }

  /**
   * Hashes again rather than going to the next slot: neighbours in the table come from the same
   * permutations, so one target's successors are mostly the same other one.
   */
  private T another(int slot, BalanceRequest<T> request) {
    long hash = request.hash();
    for (int i = 1; i < MAX_REHASHES; i++) {
      T target = slot(slotOf(hash + i * REHASH_STEP));
      if (!request.isTried(target)) {
        return target;
      }
    }
    return candidates.untriedFrom(table[slot], request);
  }

  private int slotOf(long hash) {
    return (int) Long.remainderUnsigned(Hash64.mix(hash), table.length);
  }
}
