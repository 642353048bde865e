package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.OneOf;
import io.expressgateway.config.bind.Range;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Active health check of a cluster.
 *
 * @param type what is tried
 * @param path request path of http
 * @param service the service that grpc asks for; empty for the endpoint as a whole
 * @param interval between the starts of two checks
 * @param timeout of one check
 * @param healthyThreshold successes in a row to become healthy
 * @param unhealthyThreshold failures in a row to become unhealthy
 * @param expectedStatus good statuses of http: one, or a range
 * @param port checked instead of the endpoint's own
 */
public record HealthCheckProperties(
    @DefaultValue("http") @OneOf({"http", "tcp", "grpc"}) String type,
    @DefaultValue("/") String path,
    @DefaultValue("") String service,
    @DefaultValue("5s") @Range(min = 10) Duration interval,
    @DefaultValue("1s") @Range(min = 1) Duration timeout,
    @DefaultValue("2") @Range(min = 1, max = 1000) int healthyThreshold,
    @DefaultValue("3") @Range(min = 1, max = 1000) int unhealthyThreshold,
    @DefaultValue("200-399") String expectedStatus,
    @Range(min = 1, max = 65_535) @Nullable Integer port) {}
