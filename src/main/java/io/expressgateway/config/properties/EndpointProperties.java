package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.Range;

/**
 * One endpoint of a cluster.
 *
 * @param address host:port; a name is resolved again and again
 * @param weight share of the work; 0 takes no new work
 */
public record EndpointProperties(
    String address, @DefaultValue("1") @Range(max = 1_000_000) int weight) {}
