package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.Range;
import java.time.Duration;

/**
 * Passive ejection of a cluster.
 *
 * @param enabled whether failures are watched at all
 * @param observeOnly count what would be ejected, eject nothing
 * @param consecutiveFailures in a row to be ejected
 * @param baseEjectionTime of the first ejection
 * @param maxEjectedPercent never more of the cluster than this
 * @param panicThreshold below this percentage of available endpoints all are used again
 */
public record OutlierEjectionProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("false") boolean observeOnly,
    @DefaultValue("5") @Range(min = 1, max = 1_000_000) int consecutiveFailures,
    @DefaultValue("30s") @Range(min = 1) Duration baseEjectionTime,
    @DefaultValue("50") @Range(max = 100) int maxEjectedPercent,
    @DefaultValue("50") @Range(max = 100) int panicThreshold) {}
