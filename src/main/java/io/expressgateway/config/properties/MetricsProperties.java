package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.Range;

/**
 * What metrics may cost.
 *
 * @param labelBudget the most label combinations; further ones are counted together
 */
public record MetricsProperties(
    @DefaultValue("10000") @Range(min = 1, max = 10_000_000) int labelBudget) {}
