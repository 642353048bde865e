package io.expressgateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class GatewayMetricsTest {

  private final GatewayMetrics metrics = new GatewayMetrics(100);

  @Test
  void requestsOfAllLoopsAddUp() {
    Exchanges exchange = new Exchanges();
    metrics.onExchangeEnd(exchange);
    exchange.loop = 3;
    metrics.onExchangeEnd(exchange);
    exchange.status = 503;
    metrics.onExchangeEnd(exchange);

    assertThat(scrape(metrics))
        .contains(
            "expressgateway_requests_total{listener=\"web\",protocol=\"HTTP/1.1\",route=\"orders\",status_class=\"2xx\"} 2.0")
        .contains("route=\"orders\",status_class=\"5xx\"} 1.0");
  }

  @Test
  void aDurationFallsIntoEveryBucketFromItsOwnOn() {
    metrics.onExchangeEnd(new Exchanges());

    assertThat(scrape(metrics))
        .contains(
            "duration_seconds_bucket{listener=\"web\",protocol=\"HTTP/1.1\",route=\"orders\",le=\"0.001\"} 0")
        .contains("route=\"orders\",le=\"0.0025\"} 1")
        .contains("route=\"orders\",le=\"+Inf\"} 1")
        .contains(
            "duration_seconds_sum{listener=\"web\",protocol=\"HTTP/1.1\",route=\"orders\"} 0.001234567");
  }

  @Test
  void springCloudGatewaysTimerKeepsItsNameAndTags() {
    metrics.onExchangeEnd(new Exchanges());

    assertThat(scrape(metrics))
        .contains(
            "spring_cloud_gateway_requests_seconds_count{httpMethod=\"GET\",httpStatusCode=\"200\",outcome=\"SUCCESSFUL\",routeId=\"orders\",routeUri=\"lb://orders\",status=\"OK\"} 1");
  }

  @Test
  void aCounterBelongsToTheRouteIdNotToItsPlace() {
    Exchanges exchange = new Exchanges();
    metrics.onExchangeEnd(exchange);
    exchange.routePosition = 7;
    exchange.route = Exchanges.route("orders");
    metrics.onExchangeEnd(exchange);

    assertThat(scrape(metrics)).contains("route=\"orders\",status_class=\"2xx\"} 2.0");
  }

  @Test
  void anotherRouteInTheSamePlaceHasItsOwnCounter() {
    Exchanges exchange = new Exchanges();
    metrics.onExchangeEnd(exchange);
    exchange.route = Exchanges.route("parcels");
    metrics.onExchangeEnd(exchange);
    exchange.status = 404;
    metrics.onExchangeEnd(exchange);

    assertThat(scrape(metrics))
        .contains("route=\"orders\",status_class=\"2xx\"} 1.0")
        .contains("route=\"parcels\",status_class=\"2xx\"} 1.0")
        .contains("route=\"parcels\",status_class=\"4xx\"} 1.0")
        .contains("httpStatusCode=\"404\",outcome=\"CLIENT_ERROR\",routeId=\"parcels\"");
  }

  @Test
  void aRequestWithoutRouteHasItsOwnLabelAndNoTimer() {
    Exchanges exchange = new Exchanges();
    exchange.route = null;
    exchange.status = 404;
    metrics.onExchangeEnd(exchange);

    assertThat(scrape(metrics))
        .contains("route=\"_none\",status_class=\"4xx\"} 1.0")
        .doesNotContain("spring_cloud_gateway_requests_seconds_count{");
  }

  @Test
  void whatExceedsTheLabelBudgetIsCountedUnderOther() {
    GatewayMetrics small = new GatewayMetrics(2);
    for (int i = 0; i < 5; i++) {
      Exchanges exchange = new Exchanges();
      exchange.route = Exchanges.route("r" + i);
      exchange.loop = i % 2;
      small.onExchangeEnd(exchange);
      small.onExchangeEnd(exchange);
    }

    assertThat(scrape(small))
        .contains("route=\"r0\",status_class=\"2xx\"} 2.0")
        .contains("route=\"r1\",status_class=\"2xx\"} 2.0")
        .contains("route=\"_other\",status_class=\"2xx\"} 6.0")
        .contains("expressgateway_label_sets_folded 4.0");
  }

  @Test
  void anUnknownMethodIsNoLabelValue() {
    Exchanges exchange = new Exchanges();
    exchange.request.method("BREW");
    metrics.onExchangeEnd(exchange);

    assertThat(scrape(metrics)).contains("httpMethod=\"CUSTOM\"").doesNotContain("BREW");
  }

  @Test
  void everyEventOfTheDataPlaneHasItsMetric() {
    metrics.onUpstreamEnd(0, "orders", "127.0.0.1:9001", 0, 1_000);
    metrics.onFailure(0, "connect-refused");
    metrics.onSecurity(1, "header-timeout", "close");
    metrics.onStaleConnectionSaved(0, "orders");
    metrics.onRetry(0, "orders", "connect-refused");
    metrics.onContainedException(0, new IllegalStateException());

    assertThat(scrape(metrics))
        .contains(
            "expressgateway_upstream_requests_total{cluster=\"orders\",endpoint=\"127.0.0.1:9001\",status_class=\"none\"} 1.0")
        .contains("expressgateway_upstream_duration_seconds_count{cluster=\"orders\"} 1")
        .contains("expressgateway_failures_total{why=\"connect-refused\"} 1.0")
        .contains("expressgateway_security_total{action=\"close\",rule=\"header-timeout\"} 1.0")
        .contains("expressgateway_stale_connection_saves_total{cluster=\"orders\"} 1.0")
        .contains("expressgateway_retries_total{cluster=\"orders\",why=\"connect-refused\"} 1.0")
        .contains("expressgateway_contained_exceptions_total{type=\"IllegalStateException\"} 1.0");
  }

  @Test
  void countingAnExchangeAllocatesNothing() {
    Exchanges exchange = new Exchanges();
    for (int i = 0; i < 20_000; i++) {
      metrics.onExchangeEnd(exchange);
    }
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 100_000; i++) {
      metrics.onExchangeEnd(exchange);
    }
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(bytes).as("bytes per 100 000 exchanges").isLessThan(100_000);
  }

  @Test
  void manyRoutesKeepTheirOwnFigures() {
    GatewayMetrics large = new GatewayMetrics(10_000);
    for (int i = 0; i < 1_000; i++) {
      Exchanges exchange = new Exchanges();
      exchange.route = Exchanges.route("route-" + i);
      large.onExchangeEnd(exchange);
    }

    assertThat(large.sums(loop -> loop.requests)).hasSize(1_000);
  }

  static String scrape(GatewayMetrics metrics) {
    PrometheusRegistry registry = new PrometheusRegistry();
    registry.register(new GatewayCollector(metrics, new AccessLogs()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create()
          .write(out, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
