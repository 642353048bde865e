package io.expressgateway.http.h2;

import org.jspecify.annotations.Nullable;

/**
 * The dynamic table of HPACK (RFC 7541 sections 2.3.2 and 4): the newest field has index 0, the
 * oldest leave when a new one needs their room. Fields also have a number that never changes while
 * they are in, counted up from 1. Confined to the connection's event loop.
 */
final class FieldTable {

  private long maxBytes;
  private long bytes;
  private @Nullable Field[] ring = new Field[32];
  private int newest;
  private int count;

  FieldTable(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  long maxBytes() {
    return maxBytes;
  }

  /** Changes how much may be in it, and drops what is too much. */
  void maxBytes(long max) {
    maxBytes = max;
    shrink(max);
  }

  /** The field with this index, or null. */
  @Nullable Field get(int index) {
    return index >= 0 && index < count ? ring[newest - index & ring.length - 1] : null;
  }

  /** The field with this number, or null when it has left. */
  @Nullable Field numbered(int number) {
    return get(newest - number);
  }

  /** The index of the field with this number, which is in. */
  int indexOf(int number) {
    return newest - number;
  }

  /** Adds a field; one that is larger than the table empties it. Returns its number. */
  int add(Field field) {
    shrink(maxBytes - field.size());
    if (field.size() > maxBytes) {
      return 0;
    }
    if (count == ring.length) {
      grow();
    }
    newest++;
    ring[newest & ring.length - 1] = field;
    count++;
    bytes += field.size();
    return newest;
  }

  private void shrink(long most) {
    while (count > 0 && bytes > most) {
      int oldest = newest - count + 1 & ring.length - 1;
      Field gone = ring[oldest];
      ring[oldest] = null;
      count--;
      bytes -= gone == null ? 0 : gone.size();
    }
  }

  private void grow() {
    @Nullable Field[] larger = new Field[ring.length * 2];
    for (int i = 0; i < count; i++) {
      larger[newest - i & larger.length - 1] = ring[newest - i & ring.length - 1];
    }
    ring = larger;
  }
}
