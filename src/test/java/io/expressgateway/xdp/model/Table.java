package io.expressgateway.xdp.model;

import java.util.List;

/** A Maglev table as ranges of slots; a slot outside all of them has no endpoint. */
public record Table(String name, List<Range> ranges) {

  /** Slots {@code from} to {@code to}, both inclusive. */
  public record Range(int from, int to, int endpoint) {}

  public static final int SLOTS = 65537;
  public static final int NO_ENDPOINT = -1;

  public int endpoint(int slot) {
    return ranges.stream()
        .filter(range -> range.from <= slot && slot <= range.to)
        .mapToInt(Range::endpoint)
        .findFirst()
        .orElse(NO_ENDPOINT);
  }

  /** The line of {@code packets.txt} that makes it. */
  public String line() {
    StringBuilder line = new StringBuilder("table ").append(name);
    for (Range range : ranges) {
      line.append(' ').append(range.from).append('-').append(range.to).append(':');
      line.append(range.endpoint);
    }
    return line.toString();
  }
}
