package io.expressgateway.balance;

import java.util.ArrayList;
import java.util.List;

/** Consistent hashing by a {@link MaglevTable}. */
final class Maglev<T extends Target> implements LoadBalancer<T> {

  /** The paper's sizes: 65 537, and 655 373 where a hundred slots per target need it. */
  static final int SMALL_TABLE = 65_537;

  static final int LARGE_TABLE = 655_373;

  private static final int SLOTS_PER_TARGET = 100;

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
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < candidates.size(); i++) {
      labels.add(candidates.get(i).label());
    }
    boolean isLarge = labels.size() > SMALL_TABLE / SLOTS_PER_TARGET;
    return MaglevTable.populate(labels, candidates.weights(), isLarge ? LARGE_TABLE : SMALL_TABLE);
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
