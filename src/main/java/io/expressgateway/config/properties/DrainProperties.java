package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.Range;
import java.time.Duration;

/**
 * How a stop goes.
 *
 * @param settle not ready but still accepting, so that load balancers in front notice
 * @param timeout the longest wait for running exchanges
 * @param jitter share of the timeout over which idle connections are closed, at random
 */
public record DrainProperties(
    @DefaultValue("11s") Duration settle,
    @DefaultValue("10s") Duration timeout,
    @DefaultValue("0.25") @Range(max = 1) double jitter) {}
