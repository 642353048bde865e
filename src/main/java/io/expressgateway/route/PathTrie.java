package io.expressgateway.route;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * Route positions under the literal segments with which their paths begin. A route whose path has
 * no literal beginning is at the root, so that walking a path meets every route that could match
 * it.
 */
final class PathTrie {

  private final int[] positions;
  private final RegionMap<PathTrie> children;

  private PathTrie(int[] positions, RegionMap<PathTrie> children) {
    this.positions = positions;
    this.children = children;
  }

  /** The routes at this node, ascending. */
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

    private final SequencedSet<Integer> positions = new LinkedHashSet<>();
    private final Map<String, Builder> children = new HashMap<>();

    /** Adds a route; positions must be added in ascending order. */
    void add(List<String> prefix, int position) {
      Builder node = this;
      for (String segment : prefix) {
        node = node.children.computeIfAbsent(segment, _ -> new Builder());
      }
      node.positions.add(position);
    }

    PathTrie build() {
      Map<String, PathTrie> built = new HashMap<>();
      children.forEach((segment, child) -> built.put(segment, child.build()));
      return new PathTrie(
          positions.stream().mapToInt(Integer::intValue).toArray(), new RegionMap<>(built, false));
    }
  }
}
