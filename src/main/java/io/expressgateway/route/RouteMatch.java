package io.expressgateway.route;

import java.util.Map;

/**
 * A matched route and what its predicates captured.
 *
 * @param route the route
 * @param position its place in {@link RouteTable#routes()}: an index for per-route state
 * @param variables URI template variables of Path and Host; empty for most routes
 */
public record RouteMatch(Route route, int position, Map<String, String> variables) {}
