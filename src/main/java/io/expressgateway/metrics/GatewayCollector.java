package io.expressgateway.metrics;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.message.HttpVersion;
import io.expressgateway.plane.DataPlane;
import io.expressgateway.plane.DataPlane.Ledger;
import io.expressgateway.snapshot.Snapshot;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.util.Map;

/** Sums the loops' figures and reads the gauges at each scrape. Any thread but an event loop. */
public final class GatewayCollector implements MultiCollector {

  private static final String[] CLASSES = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
  private static final HttpVersion[] PROTOCOLS = HttpVersion.values();

  private final GatewayMetrics metrics;
  private final AccessLogs accessLogs;

  /** A collector of these figures. */
  public GatewayCollector(GatewayMetrics metrics, AccessLogs accessLogs) {
    this.metrics = metrics;
    this.accessLogs = accessLogs;
  }

  @Override
  public MetricSnapshots collect() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    requests(all);
    gatewayTimer(all);
    upstream(all);
    flows(all);
    datagrams(all);
    counters(all);
    gauges(all);
    return all.build();
  }

  private void requests(MetricSnapshots.Builder all) {
    CounterSnapshot.Builder requests =
        CounterSnapshot.builder()
            .name("expressgateway_requests")
            .help("Requests that have ended, by the class of the status sent");
    HistogramSnapshot.Builder durations =
        HistogramSnapshot.builder()
            .name("expressgateway_request_duration_seconds")
            .help("First byte of a request to the end of its response");
    metrics
        .sums(loop -> loop.requests)
        .forEach((key, cell) -> {
          Labels labels =
              Labels.of(
                  "listener", key.first(),
                  "route", key.second(),
                  "protocol", protocol(key));
          for (int i = 0; i < CLASSES.length; i++) {
            if (cell[i] > 0) {
              requests.dataPoint(counter(labels.add("status_class", CLASSES[i]), cell[i]));
            }
          }
          durations.dataPoint(histogram(labels, cell, LoopFigures.CLASSES));
        });
    all.metricSnapshot(requests.build()).metricSnapshot(durations.build());
  }

  private static String protocol(LabelSet key) {
    return key.first().equals(LabelBudget.OTHER)
        ? LabelBudget.OTHER
        : PROTOCOLS[key.number()].text();
  }

  private void gatewayTimer(MetricSnapshots.Builder all) {
    SummarySnapshot.Builder timer =
        SummarySnapshot.builder()
            .name("spring_cloud_gateway_requests_seconds")
            .help("Routed requests, under the name and tags of Spring Cloud Gateway");
    GaugeSnapshot.Builder maxima =
        GaugeSnapshot.builder()
            .name("spring_cloud_gateway_requests_seconds_max")
            .help("The longest of the last one to two minutes");
    Map<LabelSet, Long> longest = metrics.gatewayMaxima(System.nanoTime());
    metrics
        .sums(loop -> loop.gatewayRequests)
        .forEach((key, cell) -> {
          Labels labels = gatewayLabels(key);
          timer.dataPoint(
              SummarySnapshot.SummaryDataPointSnapshot.builder()
                  .labels(labels)
                  .count(cell[GatewayTimer.COUNT])
                  .sum(cell[GatewayTimer.SUM] / 1e9)
                  .quantiles(Quantiles.EMPTY)
                  .build());
          maxima.dataPoint(gauge(labels, longest.getOrDefault(key, 0L) / 1e9));
        });
    all.metricSnapshot(timer.build()).metricSnapshot(maxima.build());
  }

  private static Labels gatewayLabels(LabelSet key) {
    int status = GatewayTimer.status(key.number());
    return Labels.of(
        "httpMethod", GatewayTimer.method(key.number()),
        "httpStatusCode", Integer.toString(status),
        "outcome", GatewayTimer.outcome(status),
        "routeId", key.first(),
        "routeUri", key.second(),
        "status", StatusNames.of(status));
  }

  private void upstream(MetricSnapshots.Builder all) {
    CounterSnapshot.Builder tries =
        CounterSnapshot.builder()
            .name("expressgateway_upstream_requests")
            .help("Tries at an endpoint that have ended; class none is a try without response");
    metrics
        .sums(loop -> loop.tries)
        .forEach((key, cell) -> {
          Labels labels = Labels.of("cluster", key.first(), "endpoint", key.second());
          for (int i = 0; i < CLASSES.length; i++) {
            if (cell[i] > 0) {
              tries.dataPoint(counter(labels.add("status_class", CLASSES[i]), cell[i]));
            }
          }
        });
    HistogramSnapshot.Builder durations =
        HistogramSnapshot.builder()
            .name("expressgateway_upstream_duration_seconds")
            .help("Request sent to an endpoint to the end of its response or its failure");
    metrics
        .sums(loop -> loop.clusters)
        .forEach((key, cell) ->
            durations.dataPoint(histogram(Labels.of("cluster", key.first()), cell, 0)));
    all.metricSnapshot(tries.build()).metricSnapshot(durations.build());
  }

  private void flows(MetricSnapshots.Builder all) {
    CounterSnapshot.Builder flows =
        CounterSnapshot.builder()
            .name("expressgateway_flows")
            .help("Flows of relays that have ended; why is empty when both sides had ended");
    metrics
        .sums(loop -> loop.flows)
        .forEach((key, cell) ->
            flows.dataPoint(
                counter(Labels.of("listener", key.first(), "why", key.second()), cell[0])));
    HistogramSnapshot.Builder durations =
        HistogramSnapshot.builder()
            .name("expressgateway_flow_duration_seconds")
            .help("Connection of a client to the end of its flow");
    metrics
        .sums(loop -> loop.flowDurations)
        .forEach((key, cell) ->
            durations.dataPoint(histogram(Labels.of("listener", key.first()), cell, 0)));
    CounterSnapshot.Builder bytes =
        CounterSnapshot.builder()
            .name("expressgateway_flow_bytes")
            .help("Bytes that relays have received: in from clients, out from endpoints");
    metrics
        .sums(loop -> loop.flowBytes)
        .forEach((key, cell) -> {
          Labels labels = Labels.of("listener", key.first(), "cluster", key.second());
          bytes.dataPoint(counter(labels.add("direction", "in"), cell[0]));
          bytes.dataPoint(counter(labels.add("direction", "out"), cell[1]));
        });
    all.metricSnapshot(flows.build())
        .metricSnapshot(durations.build())
        .metricSnapshot(bytes.build());
  }

  private void datagrams(MetricSnapshots.Builder all) {
    CounterSnapshot.Builder passed =
        CounterSnapshot.builder()
            .name("expressgateway_datagrams")
            .help("Datagrams that relays have passed on: in from clients, out from endpoints");
    metrics
        .sums(loop -> loop.datagrams)
        .forEach((key, cell) -> {
          Labels labels = Labels.of("listener", key.first());
          passed.dataPoint(counter(labels.add("direction", "in"), cell[0]));
          passed.dataPoint(counter(labels.add("direction", "out"), cell[1]));
        });
    CounterSnapshot.Builder dropped =
        CounterSnapshot.builder()
            .name("expressgateway_datagrams_dropped")
            .help("Datagrams that relays have not passed on, by reason");
    metrics
        .sums(loop -> loop.datagramsDropped)
        .forEach((key, cell) ->
            dropped.dataPoint(
                counter(Labels.of("listener", key.first(), "why", key.second()), cell[0])));
    all.metricSnapshot(passed.build()).metricSnapshot(dropped.build());
  }

  private void counters(MetricSnapshots.Builder all) {
    CounterSnapshot.Builder failures =
        CounterSnapshot.builder()
            .name("expressgateway_failures")
            .help("Failures by reason code, counted when they are decided");
    metrics
        .sums(loop -> loop.failures)
        .forEach(
            (key, cell) -> failures.dataPoint(counter(Labels.of("why", key.first()), cell[0])));
    CounterSnapshot.Builder security =
        CounterSnapshot.builder()
            .name("expressgateway_security")
            .help("Rules of the security catalogue that fired");
    metrics
        .sums(loop -> loop.security)
        .forEach((key, cell) ->
            security.dataPoint(
                counter(Labels.of("rule", key.first(), "action", key.second()), cell[0])));
    CounterSnapshot.Builder saves =
        CounterSnapshot.builder()
            .name("expressgateway_stale_connection_saves")
            .help("Requests replayed on a fresh connection after a pooled one proved dead");
    metrics
        .sums(loop -> loop.saves)
        .forEach(
            (key, cell) -> saves.dataPoint(counter(Labels.of("cluster", key.first()), cell[0])));
    CounterSnapshot.Builder retries =
        CounterSnapshot.builder().name("expressgateway_retries").help("Further tries, by reason");
    metrics
        .sums(loop -> loop.retries)
        .forEach((key, cell) ->
            retries.dataPoint(
                counter(Labels.of("cluster", key.first(), "why", key.second()), cell[0])));
    CounterSnapshot.Builder contained =
        CounterSnapshot.builder()
            .name("expressgateway_contained_exceptions")
            .help("Exceptions that left a filter or handler and ended one exchange");
    metrics
        .sums(loop -> loop.contained)
        .forEach(
            (key, cell) -> contained.dataPoint(counter(Labels.of("type", key.first()), cell[0])));
    CounterSnapshot.Builder drops =
        CounterSnapshot.builder()
            .name("expressgateway_access_log_dropped")
            .help("Access log entries dropped because the writer was behind");
    accessLogs
        .dropped()
        .forEach((path, count) -> drops.dataPoint(counter(Labels.of("path", path), count)));
    all.metricSnapshot(failures.build())
        .metricSnapshot(security.build())
        .metricSnapshot(saves.build())
        .metricSnapshot(retries.build())
        .metricSnapshot(contained.build())
        .metricSnapshot(drops.build());
  }

  private void gauges(MetricSnapshots.Builder all) {
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("expressgateway_label_sets_folded")
            .help("Label sets beyond metrics.label-budget, counted under _other")
            .dataPoint(gauge(Labels.EMPTY, metrics.foldedLabelSets()))
            .build());
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("expressgateway_last_reload_accepted")
            .help("1 unless routes or certificates that were read last were refused")
            .dataPoint(gauge(Labels.EMPTY, metrics.isReloadAccepted() ? 1 : 0))
            .build());
    DataPlane dataPlane = metrics.dataPlane();
    if (dataPlane != null) {
      connections(all, dataPlane);
      endpoints(all, dataPlane);
      snapshot(all, dataPlane);
      CertificateGauges.add(all, dataPlane.snapshot());
      ledger(all, dataPlane.ledger());
    }
  }

  private static void connections(MetricSnapshots.Builder all, DataPlane dataPlane) {
    GaugeSnapshot.Builder open =
        GaugeSnapshot.builder().name("expressgateway_connections").help("Open client connections");
    for (DataPlane.BoundListener listener : dataPlane.listeners()) {
      open.dataPoint(gauge(Labels.of("listener", listener.name()), listener.connections()));
    }
    GaugeSnapshot.Builder pool =
        GaugeSnapshot.builder()
            .name("expressgateway_pool_connections")
            .help("Upstream connections; pending are requests that wait for one");
    for (DataPlane.PoolCount count : dataPlane.pools()) {
      String cluster = count.spec().name();
      pool.dataPoint(gauge(Labels.of("cluster", cluster, "state", "active"), count.active()));
      pool.dataPoint(gauge(Labels.of("cluster", cluster, "state", "idle"), count.idle()));
      pool.dataPoint(gauge(Labels.of("cluster", cluster, "state", "pending"), count.pending()));
    }
    all.metricSnapshot(open.build()).metricSnapshot(pool.build());
  }

  private static void endpoints(MetricSnapshots.Builder all, DataPlane dataPlane) {
    GaugeSnapshot.Builder healthy =
        GaugeSnapshot.builder()
            .name("expressgateway_endpoint_healthy")
            .help("1 when an endpoint may be used: not unhealthy and not ejected");
    for (Cluster cluster : dataPlane.clusters()) {
      for (Endpoint endpoint : cluster.endpoints()) {
        boolean usable = endpoint.health() != Endpoint.Health.UNHEALTHY && !endpoint.isEjected();
        healthy.dataPoint(
            gauge(
                Labels.of(
                    "cluster", cluster.spec().name(), "endpoint", endpoint.address().toString()),
                usable ? 1 : 0));
      }
    }
    all.metricSnapshot(healthy.build());
  }

  private static void snapshot(MetricSnapshots.Builder all, DataPlane dataPlane) {
    Snapshot snapshot = dataPlane.snapshot();
    GaugeSnapshot.Builder routes =
        GaugeSnapshot.builder().name("expressgateway_routes").help("Routes that serve");
    GaugeSnapshot.Builder unindexed =
        GaugeSnapshot.builder()
            .name("expressgateway_routes_unindexed")
            .help("Routes without literal host or path, which every request is tested against");
    GaugeSnapshot.Builder version =
        GaugeSnapshot.builder()
            .name("expressgateway_snapshot_version")
            .help("Version of the snapshot that serves; grows with each change");
    if (snapshot != null) {
      routes.dataPoint(gauge(Labels.EMPTY, snapshot.routes().size()));
      unindexed.dataPoint(gauge(Labels.EMPTY, dataPlane.unindexedRoutes()));
      version.dataPoint(gauge(Labels.EMPTY, (double) snapshot.version()));
    }
    all.metricSnapshot(routes.build())
        .metricSnapshot(unindexed.build())
        .metricSnapshot(version.build());
  }

  private static void ledger(MetricSnapshots.Builder all, Ledger ledger) {
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name("expressgateway_exchanges")
            .help("The ledger: accepted = completed + refused + aborted once all have ended")
            .dataPoint(counter(Labels.of("state", "accepted"), ledger.accepted()))
            .dataPoint(counter(Labels.of("state", "completed"), ledger.completed()))
            .dataPoint(counter(Labels.of("state", "refused"), ledger.refused()))
            .dataPoint(counter(Labels.of("state", "aborted"), ledger.aborted()))
            .build());
  }

  private static CounterSnapshot.CounterDataPointSnapshot counter(Labels labels, long value) {
    return CounterSnapshot.CounterDataPointSnapshot.builder()
        .labels(labels)
        .value((double) value)
        .build();
  }

  private static GaugeSnapshot.GaugeDataPointSnapshot gauge(Labels labels, double value) {
    return GaugeSnapshot.GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }

  private static HistogramSnapshot.HistogramDataPointSnapshot histogram(
      Labels labels, long[] cell, int from) {
    return HistogramSnapshot.HistogramDataPointSnapshot.builder()
        .labels(labels)
        .classicHistogramBuckets(
            io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets.of(
                Durations.bounds(), Durations.counts(cell, from)))
        .sum(Durations.sum(cell, from))
        .build();
  }
}
