package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.Range;
import org.springframework.util.unit.DataSize;

/**
 * Retry limits of a cluster.
 *
 * @param budgetPercent retries as a share of requests
 * @param replayBuffer the most request body kept for another try
 */
public record RetryProperties(
    @DefaultValue("20") @Range(max = 100) int budgetPercent,
    @DefaultValue("64KB") @Range(max = 16_777_216) DataSize replayBuffer) {}
