package io.expressgateway.route;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Route positions under the literal segments with which their paths begin. A route whose path has
 * no literal beginning is at the root, so that walking a path meets every route that could match
 * it.
 */
final class PathTrie {

  private static final RegionMap<PathTrie> NO_CHILDREN = new RegionMap<>(Map.of(), false);

  private final int[] positions;
  private final RegionMap<PathTrie> children;

  private PathTrie(int[] positions, RegionMap<PathTrie> children) {
    this.positions = positions;
    this.children = children;
  }

  /**
   * The routes at this node, ascending; the complement {@code ~position} for a route that matches
   * every path that leads here, so that nothing of it is left to test.
   */
  int[] positions() {
    return positions;
  }

  /**
   * The node for the segment {@code [from, to)} of a raw path, compared decoded; null for none. An
   * escape or a parameter costs a decoded copy.
   */
  @Nullable PathTrie child(String path, int from, int to) {
    if (children.isEmpty()) {
      return null;
    }
    if (PathPattern.isPlain(path, from, to)) {
      return children.get(path, from, to);
    }
    String segment = PathPattern.segment(path, from, to);
    return children.get(segment, 0, segment.length());
  }

  /** Collects routes and makes the trie. */
  static final class Builder {

    private final SequencedMap<Integer, Boolean> positions = new LinkedHashMap<>();
    private final Map<String, Builder> children = new HashMap<>();

    /**
     * Adds a route; positions must be added in ascending order.
     *
     * @param proven whether the route matches every path that begins with {@code prefix}
     */
    void add(List<String> prefix, int position, boolean proven) {
      Builder node = this;
      for (String segment : prefix) {
        node = node.children.computeIfAbsent(segment, _ -> new Builder());
      }
      node.positions.merge(position, proven, Boolean::logicalOr);
    }

    PathTrie build() {
      Map<String, PathTrie> built = new HashMap<>();
      children.forEach((segment, child) -> built.put(segment, child.build()));
      return new PathTrie(
          positions.entrySet().stream()
              .mapToInt(entry -> entry.getValue() ? ~entry.getKey() : entry.getKey())
              .toArray(),
          built.isEmpty() ? NO_CHILDREN : new RegionMap<>(built, false));
    }
  }
}
