package io.expressgateway.app;

import io.expressgateway.http.AccessLog;
import io.expressgateway.http.HttpMetrics;
import io.expressgateway.http.RequestTracing;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.stream.FlowLog;
import io.expressgateway.stream.StreamMetrics;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where a data plane reports.
 *
 * @param http figures of HTTP
 * @param streams figures of relays
 * @param exchanges the access log of each listener of HTTP
 * @param flows the access log of each relay
 * @param tracing null when tracing is off
 */
public record Reports(
    HttpMetrics http,
    StreamMetrics streams,
    Function<ListenerSpec, AccessLog> exchanges,
    Function<ListenerSpec, FlowLog> flows,
    @Nullable RequestTracing tracing) {}
