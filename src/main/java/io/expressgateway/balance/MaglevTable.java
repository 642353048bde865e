package io.expressgateway.balance;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

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
public final class MaglevTable {

  private static final long OFFSET_SEED = 1;
  private static final long SKIP_SEED = 2;

  private MaglevTable() {}

  /**
   * Slot to index of the target.
   *
   * @param labels at least one, no two alike
   * @param weights as many, each at least 1
   * @param size a prime, at least a hundred times the number of targets to be even within a percent
   */
  public static int[] populate(List<String> labels, int[] weights, int size) {
    int count = labels.size();
    int[] order = byLabel(labels);
    int heaviest = 0;
    int[] next = new int[count];
    int[] skip = new int[count];
    for (int i = 0; i < count; i++) {
      String label = labels.get(i);
      next[i] = (int) Long.remainderUnsigned(Hash64.of(label, OFFSET_SEED), size);
      skip[i] = (int) Long.remainderUnsigned(Hash64.of(label, SKIP_SEED), size - 1) + 1;
      heaviest = Math.max(heaviest, weights[i]);
    }
    int[] table = new int[size];
    Arrays.fill(table, -1);
    long[] credit = new long[count];
    int filled = 0;
    while (filled < size) {
      for (int i : order) {
        credit[i] += weights[i];
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

  private static int[] byLabel(List<String> labels) {
    Integer[] order = new Integer[labels.size()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparing(labels::get));
    return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
  }
}
