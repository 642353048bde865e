package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.Range;

/**
 * What is logged per request.
 *
 * @param format off, json, combined, or a pattern
 * @param path stdout or a file
 * @param sample share of requests that are logged
 */
public record AccessLogProperties(
    @DefaultValue("off") String format,
    @DefaultValue("stdout") String path,
    @DefaultValue("1.0") @Range(max = 1) double sample) {}
