package io.expressgateway.route;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map from texts to values that is asked with a region of a longer text, so that a lookup needs
 * no substring: open addressing with linear probing, at most half full, a key and its value side by
 * side, because in a large map each of them is a cache miss. Made once, then read by any thread.
 */
final class RegionMap<V> {

  /** The key of slot {@code i} at {@code 2 i}, its value behind it. */
  private final @Nullable Object[] slots;

  private final int mask;
  private final boolean foldCase;
  private final int size;

  /**
   * Copies {@code entries}.
   *
   * @param foldCase whether ASCII letter case is ignored; then the keys must be in lower case
   */
  RegionMap(Map<String, V> entries, boolean foldCase) {
    int capacity = Integer.highestOneBit(Math.max(1, entries.size())) * 4;
    this.slots = new Object[capacity * 2];
    this.mask = capacity - 1;
    this.foldCase = foldCase;
    this.size = entries.size();
    entries.forEach(this::put);
  }

  private void put(String key, V value) {
    int at = hash(key, 0, key.length()) & mask;
    while (slots[at * 2] != null) {
      at = at + 1 & mask;
    }
    slots[at * 2] = key;
    slots[at * 2 + 1] = value;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The value for {@code text[from, to)}, or null. */
  @SuppressWarnings("unchecked") // only put() writes, and it writes V
  @Nullable V get(String text, int from, int to) {
    int at = hash(text, from, to) & mask;
    for (Object key = slots[at * 2]; key != null; key = slots[at * 2]) {
      if (equals((String) key, text, from, to)) {
        return (V) slots[at * 2 + 1];
      }
      at = at + 1 & mask;
    }
    return null;
  }

  private boolean equals(String key, String text, int from, int to) {
    if (key.length() != to - from) {
      return false;
    }
    if (!foldCase) {
      return text.startsWith(key, from);
    }
    for (int i = 0; i < key.length(); i++) {
      if (key.charAt(i) != fold(text.charAt(from + i))) {
        return false;
      }
    }
    return true;
  }

  private int hash(String text, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      hash = hash * 31 + (foldCase ? fold(c) : c);
    }
    // The low bits of a polynomial hash are weak for names that differ in their last digits.
    return hash ^ hash >>> 15;
  }

  /** ASCII lower case. */
  static char fold(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
  }
}
