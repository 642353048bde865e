package io.expressgateway.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Map;

/**
 * Counters of one event loop for one metric: label set to an array of longs, by open addressing
 * with linear probing. Written by that loop only, read by a scrape at any time.
 *
 * <p>A hit costs a hash of two cached string hashes and a comparison of references, and allocates
 * nothing. The keys are names, not positions in a snapshot, so that a counter stays what it is when
 * routes are added or reordered. Writes are opaque: a scrape sees each figure some nanoseconds late
 * and never torn; two figures of one row may be one request apart, which a scrape cannot notice.
 */
final class LoopTable {

  private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

  /** Aliases of folded sets beyond this many are looked up in the budget each time instead. */
  private static final int MOST_ALIASES = 65_536;

  private static final class Row {
    final LabelSet key;
    final String first;
    final String second;
    final int number;
    final long[] cell;
    final boolean isAlias;

    Row(LabelSet key, long[] cell, boolean isAlias) {
      this.key = key;
      this.first = key.first();
      this.second = key.second();
      this.number = key.number();
      this.cell = cell;
      this.isAlias = isAlias;
    }
  }

  private final LabelBudget budget;
  private final int cellSize;
  private volatile Row[] rows = new Row[64];
  private int size;
  private int aliases;

  LoopTable(LabelBudget budget, int cellSize) {
    this.budget = budget;
    this.cellSize = cellSize;
  }

  /** The figures of this label set, or those of {@code _other}. The owning loop only. */
  long[] cell(String first, String second, int number) {
    Row[] table = rows;
    int mask = table.length - 1;
    int at = slot(first, second, number) & mask;
    Row row = table[at];
    while (row != null) {
      if (row.number == number && row.first.equals(first) && row.second.equals(second)) {
        return row.cell;
      }
      at = (at + 1) & mask;
      row = table[at];
    }
    return admit(new LabelSet(first, second, number));
  }

  private static int slot(String first, String second, int number) {
    int hash = (first.hashCode() * 31 + second.hashCode()) * 31 + number;
    hash *= 0x9E3779B9; // 2^32 / golden ratio: spreads what differs in few bits (Knuth 6.4)
    return hash ^ hash >>> 16;
  }

  private long[] admit(LabelSet key) {
    if (key.second().equals(LabelBudget.OTHER) || budget.admits(key)) {
      long[] cell = new long[cellSize];
      insert(new Row(key, cell, false));
      return cell;
    }
    long[] other = cell(LabelBudget.OTHER, LabelBudget.OTHER, 0);
    if (aliases < MOST_ALIASES) {
      aliases++;
      insert(new Row(key, other, true));
    }
    return other;
  }

  private void insert(Row row) {
    Row[] table = rows;
    if (++size * 2 > table.length) {
      Row[] larger = new Row[table.length * 2];
      Arrays.stream(table).filter(old -> old != null).forEach(old -> place(larger, old));
      place(larger, row);
      rows = larger;
    } else {
      // A row is published by its final fields; a scrape that misses it sees it next time.
      place(table, row);
    }
  }

  private static void place(Row[] table, Row row) {
    int mask = table.length - 1;
    int at = slot(row.first, row.second, row.number) & mask;
    while (table[at] != null) {
      at = at + 1 & mask;
    }
    table[at] = row;
  }

  /** Adds to a figure of a cell of this loop. */
  static void add(long[] cell, int index, long amount) {
    LONGS.setOpaque(cell, index, cell[index] + amount);
  }

  /** Replaces a figure of a cell of this loop. */
  static void set(long[] cell, int index, long value) {
    LONGS.setOpaque(cell, index, value);
  }

  /** Reads a figure of any loop's cell. */
  static long get(long[] cell, int index) {
    return (long) LONGS.getOpaque(cell, index);
  }

  /** Adds this loop's figures to the sums. Any thread. */
  void addTo(Map<LabelSet, long[]> sums) {
    for (Row row : rows) {
      if (row != null && !row.isAlias) {
        long[] sum = sums.computeIfAbsent(row.key, key -> new long[cellSize]);
        for (int i = 0; i < cellSize; i++) {
          sum[i] += get(row.cell, i);
        }
      }
    }
  }
}
