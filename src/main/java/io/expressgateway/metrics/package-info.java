/**
 * Where the data plane's figures, log lines and spans go: Prometheus through Micrometer, access log
 * files, Micrometer Tracing.
 *
 * <p>Implements interfaces that the data plane declares; knows neither Spring nor Netty. Event
 * loops write plain arrays of their own ({@link io.expressgateway.metrics.GatewayMetrics}) and byte
 * rings of their own ({@link io.expressgateway.metrics.AccessLogs}); everything dear happens at the
 * scrape and on the log writer's thread.
 */
@NullMarked
package io.expressgateway.metrics;

import org.jspecify.annotations.NullMarked;
