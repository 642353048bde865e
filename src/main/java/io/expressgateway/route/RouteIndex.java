package io.expressgateway.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the routes that could match a request without trying the others. */
final class RouteIndex {

  // A route is filed under what its predicates make certain. A Host predicate whose patterns all
  // end in literal labels files it under those labels: a host that matches ends in them. A Path
  // predicate whose patterns all begin with literal segments files it under those segments: a path
  // that matches begins with them, once decoded. Both together give a trie of paths per host. What
  // a predicate leaves open is filed one level up, in the trie for any host or at a trie's root. So
  // the routes met on the way of a request through the tries are all that could match, and often
  // no other; each is still tested in full, and the one of the lowest position wins. Lists are
  // ascending, so a list is left as soon as a better match is known. The commonest route of all,
  // one Path that is literal but for a /** at its end, is not tested again: having come to its node
  // says all that its pattern could. With thousands of routes every object looked at is a cache
  // miss, and this saves most of them (audit/perf/routes-2026-11-24.md).

  private final RegionMap<PathTrie> byHost;
  private final RegionMap<PathTrie> bySuffix;
  private final PathTrie anyHost;
  private final boolean hostIncludesPort;

  private RouteIndex(
      RegionMap<PathTrie> byHost,
      RegionMap<PathTrie> bySuffix,
      PathTrie anyHost,
      boolean hostIncludesPort) {
    this.byHost = byHost;
    this.bySuffix = bySuffix;
    this.anyHost = anyHost;
    this.hostIncludesPort = hostIncludesPort;
  }

  /** Routes that every request has to be tested against. */
  int unindexed() {
    return anyHost.positions().length;
  }

  /** The lowest position whose route matches; -1 for none. */
  int find(CompiledRoute[] routes, RouteRequest request) {
    String path = request.head().path();
    int best = routes.length;
    if (!byHost.isEmpty() || !bySuffix.isEmpty()) {
      String host = regular(HostPredicate.subject(request.head(), hostIncludesPort));
      best = walk(byHost.get(host, 0, host.length()), path, routes, request, best);
      if (!bySuffix.isEmpty()) {
        for (int from = 0; from >= 0; from = nextLabel(host, from)) {
          best = walk(bySuffix.get(host, from, host.length()), path, routes, request, best);
        }
      }
    }
    best = walk(anyHost, path, routes, request, best);
    return best == routes.length ? -1 : best;
  }

  /** A host without empty labels, as the index keys are. */
  private static String regular(String host) {
    return HostPattern.isRegular(host) ? host : String.join(".", HostPattern.labels(host));
  }

  private static int nextLabel(String host, int from) {
    int dot = host.indexOf('.', from);
    return dot < 0 ? -1 : dot + 1;
  }

  private static int walk(
      @Nullable PathTrie trie,
      String path,
      CompiledRoute[] routes,
      RouteRequest request,
      int best) {
    int found = best;
    PathTrie node = trie;
    int pos = 0;
    while (node != null) {
      found = first(node.positions(), routes, request, found);
      if (pos >= path.length() || path.charAt(pos) != '/') {
        break;
      }
      int end = PathPattern.segmentEnd(path, pos + 1);
      node = end == pos + 1 ? null : node.child(path, pos + 1, end);
      pos = end;
    }
    return found;
  }

  private static int first(
      int[] positions, CompiledRoute[] routes, RouteRequest request, int best) {
    for (int entry : positions) {
      boolean proven = entry < 0;
      int position = proven ? ~entry : entry;
      if (position >= best) {
        break;
      }
      if (proven || routes[position].matches(request)) {
        return position;
      }
    }
    return best;
  }

  /** Files routes and makes the index. */
  static final class Builder {

    private final Map<String, PathTrie.Builder> byHost = new HashMap<>();
    private final Map<String, PathTrie.Builder> bySuffix = new HashMap<>();
    private final PathTrie.Builder anyHost = new PathTrie.Builder();

    /** Files a route that serves every listener; positions must come in ascending order. */
    void add(int position, List<RoutePredicate> predicates) {
      if (predicates.size() == 1
          && predicates.getFirst() instanceof PathPredicate(List<PathPattern> patterns)) {
        for (PathPattern pattern : patterns) {
          anyHost.add(pattern.literalPrefix(), position, pattern.isLiteralPrefixAndRest());
        }
      } else {
        addUnproven(position, predicates);
      }
    }

    /** Files a route that asks for more than its predicates; in ascending order with the others. */
    void addUnproven(int position, List<RoutePredicate> predicates) {
      List<List<String>> prefixes = prefixes(predicates);
      for (PathTrie.Builder trie : tries(predicates)) {
        prefixes.forEach(prefix -> trie.add(prefix, position, false));
      }
    }

    private static List<List<String>> prefixes(List<RoutePredicate> predicates) {
      for (RoutePredicate predicate : predicates) {
        if (predicate instanceof PathPredicate(List<PathPattern> patterns)) {
          List<List<String>> prefixes = patterns.stream().map(PathPattern::literalPrefix).toList();
          if (prefixes.stream().noneMatch(List::isEmpty)) {
            return prefixes;
          }
        }
      }
      return List.of(List.of());
    }

    private List<PathTrie.Builder> tries(List<RoutePredicate> predicates) {
      for (RoutePredicate predicate : predicates) {
        if (predicate instanceof HostPredicate host
            && host.patterns().stream().noneMatch(pattern -> pattern.literalTail().isEmpty())) {
          List<PathTrie.Builder> tries = new ArrayList<>();
          for (HostPattern pattern : host.patterns()) {
            Map<String, PathTrie.Builder> hosts = pattern.isLiteral() ? byHost : bySuffix;
            tries.add(hosts.computeIfAbsent(pattern.literalTail(), _ -> new PathTrie.Builder()));
          }
          return tries;
        }
      }
      return List.of(anyHost);
    }

    RouteIndex build(boolean hostIncludesPort) {
      return new RouteIndex(built(byHost), built(bySuffix), anyHost.build(), hostIncludesPort);
    }

    private static RegionMap<PathTrie> built(Map<String, PathTrie.Builder> builders) {
      Map<String, PathTrie> tries = new HashMap<>();
      builders.forEach((host, builder) -> tries.put(host, builder.build()));
      return new RegionMap<>(tries, true);
    }
  }
}
