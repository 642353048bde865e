package io.expressgateway.metrics;

import io.expressgateway.net.KeyMaterial;
import io.expressgateway.net.OcspStaple;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.Snapshot;
import io.expressgateway.snapshot.TlsSpec;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** When the listeners' certificates and their OCSP responses end. Any thread. */
final class CertificateGauges {

  private CertificateGauges() {}

  static void add(MetricSnapshots.Builder all, @Nullable Snapshot snapshot) {
    GaugeSnapshot.Builder certificates =
        GaugeSnapshot.builder()
            .name("expressgateway_certificate_expiry_timestamp_seconds")
            .help("When a certificate of a listener expires; number is its place in the list");
    GaugeSnapshot.Builder staples =
        GaugeSnapshot.builder()
            .name("expressgateway_ocsp_response_expiry_timestamp_seconds")
            .help("When an OCSP response expires, from when on it is not shown");
    if (snapshot != null) {
      for (ListenerSpec listener : snapshot.listeners()) {
        TlsSpec tls = listener.tls();
        if (tls == null) {
          continue;
        }
        for (int i = 0; i < tls.certificates().size(); i++) {
          Labels labels = Labels.of("listener", listener.name(), "number", Integer.toString(i));
          KeyMaterial material = tls.certificates().get(i);
          Instant end = material.chain().getFirst().getNotAfter().toInstant();
          certificates.dataPoint(gauge(labels, end));
          OcspStaple staple = material.staple();
          if (staple != null) {
            staples.dataPoint(gauge(labels, staple.validUntil()));
          }
        }
      }
    }
    all.metricSnapshot(certificates.build()).metricSnapshot(staples.build());
  }

  private static GaugeSnapshot.GaugeDataPointSnapshot gauge(Labels labels, Instant moment) {
    return GaugeSnapshot.GaugeDataPointSnapshot.builder()
        .labels(labels)
        .value((double) moment.getEpochSecond())
        .build();
  }
}
