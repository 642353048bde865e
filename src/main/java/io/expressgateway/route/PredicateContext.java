package io.expressgateway.route;

/**
 * What a predicate may depend on beyond its own arguments.
 *
 * @param route the position of its route in the table
 * @param hostIncludesPort whether Host compares the port as well ({@code
 *     predicate.host.include-port})
 * @param version how requests carry their API version
 * @param weights the weight groups of the table, filled before any predicate is compiled
 */
record PredicateContext(
    int route, boolean hostIncludesPort, VersionSettings version, WeightGroups weights) {}
