package io.expressgateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

class MicrometerTracingTest {

  private final List<SpanData> exported = new ArrayList<>();

  @Test
  void theSpanIsTheClientsChildAndTheEndpointsParent() {
    try (SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(memory()))
            .build()) {
      MicrometerTracing tracing =
          new MicrometerTracing(
              new OtelPropagator(
                  ContextPropagators.create(W3CTraceContextPropagator.getInstance()),
                  provider.get("test")));
      Exchanges exchange = new Exchanges();
      String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
      exchange.request.headers().add("traceparent", "00-" + trace + "-00f067aa0ba902b7-01");

      Object token = tracing.start(exchange.request);
      exchange.why = "first-byte-timeout";
      tracing.end(token, exchange);

      SpanData span = exported.getFirst();
      assertThat(span.getTraceId()).isEqualTo(trace);
      assertThat(span.getParentSpanId()).isEqualTo("00f067aa0ba902b7");
      assertThat(exchange.request.headers().all("traceparent"))
          .containsExactly("00-" + trace + "-" + span.getSpanId() + "-01");
      assertThat(span.getAttributes().asMap().toString())
          .contains("http.route=orders")
          .contains("error.type=first-byte-timeout");
    }
  }

  private SpanExporter memory() {
    return new SpanExporter() {
      @Override
      public CompletableResultCode export(Collection<SpanData> spans) {
        exported.addAll(spans);
        return CompletableResultCode.ofSuccess();
      }

      @Override
      public CompletableResultCode flush() {
        return CompletableResultCode.ofSuccess();
      }

      @Override
      public CompletableResultCode shutdown() {
        return CompletableResultCode.ofSuccess();
      }
    };
  }
}
