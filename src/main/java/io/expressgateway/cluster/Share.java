package io.expressgateway.cluster;

/**
 * The part of new work that one endpoint takes now.
 *
 * @param weight in relation to the other shares, at least 1; less than configured in a slow start
 */
public record Share(Endpoint endpoint, int weight) {}
