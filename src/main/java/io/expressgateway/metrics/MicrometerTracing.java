package io.expressgateway.metrics;

import io.expressgateway.http.ExchangeRecord;
import io.expressgateway.http.RequestTracing;
import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.RequestHead;
import io.expressgateway.route.Route;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.propagation.Propagator;
import org.jspecify.annotations.Nullable;

/**
 * A server span per request: child of the client's trace context, parent of the endpoint's. Names
 * and tags follow OpenTelemetry's HTTP conventions.
 */
public final class MicrometerTracing implements RequestTracing {

  private final Propagator propagator;

  /** Spans of this propagator's tracer. */
  public MicrometerTracing(Propagator propagator) {
    this.propagator = propagator;
  }

  @Override
  public @Nullable Object start(RequestHead head) {
    Span span =
        propagator
            .extract(head.headers(), new HeaderGetter())
            .kind(Span.Kind.SERVER)
            .name(head.method())
            .tag("http.request.method", head.method())
            .tag("url.path", head.path())
            .tag("server.address", head.host())
            .start();
    propagator.inject(span.context(), head.headers(), MicrometerTracing::set);
    return span;
  }

  private static void set(@Nullable HeaderBlock headers, String name, String value) {
    if (headers != null) {
      headers.set(name, value);
    }
  }

  @Override
  public void end(Object token, ExchangeRecord exchange) {
    Span span = (Span) token;
    Route route = exchange.route();
    if (route != null) {
      span.tag("http.route", route.id());
    }
    if (!exchange.endpoint().isEmpty()) {
      span.tag("expressgateway.cluster", exchange.cluster());
      span.tag("expressgateway.endpoint", exchange.endpoint());
    }
    if (exchange.status() > 0) {
      span.tag("http.response.status_code", exchange.status());
    }
    if (!exchange.why().isEmpty()) {
      span.tag("error.type", exchange.why());
    }
    span.end();
  }

  /** Reads headers for a propagator. */
  private static final class HeaderGetter implements Propagator.Getter<HeaderBlock> {
    @Override
    public @Nullable String get(HeaderBlock headers, String name) {
      return headers.get(name);
    }

    @Override
    public Iterable<String> getAll(HeaderBlock headers, String name) {
      return headers.all(name);
    }
  }
}
