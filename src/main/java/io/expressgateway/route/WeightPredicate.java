package io.expressgateway.route;

/**
 * Weight: of the routes of a group exactly one holds for a request, each as often as its weight
 * says. Every group has a draw of its own, made from the request's one random number.
 */
record WeightPredicate(long seed, double from, double to) implements RoutePredicate {

  /** The group of a Weight predicate. */
  static String group(PredicateArguments arguments) {
    return arguments.required("weight.group");
  }

  /** The weight of a Weight predicate. */
  static int weight(PredicateArguments arguments) {
    return arguments.number("weight", 0, arguments.required("weight.weight"));
  }

  static RoutePredicate compile(PredicateArguments arguments, PredicateContext context) {
    String group = group(arguments);
    weight(arguments); // refused here, so that the problem is reported
    double[] share = context.weights().share(group, context.route());
    long seed = seed(group);
    return share == null
        ? new WeightPredicate(seed, 0, 0)
        : new WeightPredicate(seed, share[0], share[1]);
  }

  @Override
  public boolean test(RouteRequest request) {
    double draw = draw(request.random(), seed);
    return draw >= from && draw < to;
  }

  /** What tells the draws of a group from those of the others. */
  static long seed(String group) {
    return mix(group.hashCode());
  }

  /** The draw of a group, from zero to below one, of a request's random number. */
  static double draw(long random, long seed) {
    return (mix(random ^ seed) >>> 11) * 0x1p-53;
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Generators). */
  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
