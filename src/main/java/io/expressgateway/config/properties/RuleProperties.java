package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.Range;
import org.jspecify.annotations.Nullable;

/**
 * How strict a rule of the security catalogue is.
 *
 * @param threshold how many are allowed in the rule's window; null for the rule's default
 * @param observeOnly what the rule finds is counted and let pass
 */
public record RuleProperties(
    @Nullable @Range(min = 1, max = 1_000_000_000) Integer threshold,
    @DefaultValue("false") boolean observeOnly) {}
