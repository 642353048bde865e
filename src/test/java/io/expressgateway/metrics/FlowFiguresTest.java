package io.expressgateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.net.HostPort;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.ListenerSpec.AccessLogSpec;
import io.expressgateway.snapshot.ListenerSpec.HttpLimits;
import io.expressgateway.stream.FlowEnd;
import io.expressgateway.stream.FlowRecord;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a flow in metrics and in the access log. */
class FlowFiguresTest {

  private static FlowRecord flow(FlowEnd end) {
    return new FlowRecord() {
      @Override
      public int loop() {
        return 0;
      }

      @Override
      public String listener() {
        return "db";
      }

      @Override
      public ListenerSpec.Protocol protocol() {
        return ListenerSpec.Protocol.TLS_PASSTHROUGH;
      }

      @Override
      public InetSocketAddress client() {
        return new InetSocketAddress("203.0.113.7", 40_000);
      }

      @Override
      public String serverName() {
        return "shop.example";
      }

      @Override
      public String cluster() {
        return "orders";
      }

      @Override
      public String endpoint() {
        return "127.0.0.1:9001";
      }

      @Override
      public int attempts() {
        return 2;
      }

      @Override
      public FlowEnd end() {
        return end;
      }

      @Override
      public long bytesIn() {
        return 10;
      }

      @Override
      public long bytesOut() {
        return 20;
      }

      @Override
      public long startNanos() {
        return 0;
      }

      @Override
      public long endNanos() {
        return 1_500_000;
      }
    };
  }

  private static MetricSnapshot metric(GatewayMetrics metrics, String name) {
    return new GatewayCollector(metrics, new AccessLogs())
        .collect().stream()
            .filter(each -> each.getMetadata().getName().equals(name))
            .findFirst()
            .orElseThrow();
  }

  @Test
  void flowsAreCountedByReasonAndTimed() {
    GatewayMetrics metrics = new GatewayMetrics(10);
    metrics.onFlowEnd(flow(FlowEnd.DONE));
    metrics.onFlowEnd(flow(FlowEnd.IDLE));
    metrics.onFlowEnd(flow(FlowEnd.IDLE));

    CounterSnapshot flows = (CounterSnapshot) metric(metrics, "expressgateway_flows");
    assertThat(flows.getDataPoints())
        .extracting(point -> point.getLabels().get("why") + "=" + point.getValue())
        .containsExactlyInAnyOrder("=1.0", "flow-idle=2.0");
    HistogramSnapshot durations =
        (HistogramSnapshot) metric(metrics, "expressgateway_flow_duration_seconds");
    assertThat(durations.getDataPoints().getFirst().getSum()).isEqualTo(0.0045);
  }

  @Test
  void bytesAreCountedByDirection() {
    GatewayMetrics metrics = new GatewayMetrics(10);
    metrics.onBytes(0, "db", "orders", 3, 4);
    metrics.onBytes(1, "db", "orders", 10, 20);

    CounterSnapshot bytes = (CounterSnapshot) metric(metrics, "expressgateway_flow_bytes");
    assertThat(bytes.getDataPoints())
        .extracting(point -> point.getLabels().get("direction") + "=" + point.getValue())
        .containsExactlyInAnyOrder("in=13.0", "out=24.0");
  }

  @Test
  void aLineTellsOfAFlowWithTheFieldsOfTheContract() throws Exception {
    assertThat(line("json"))
        .contains(
            "\"listener\":\"db\",\"protocol\":\"tls-passthrough\",\"client\":\"203.0.113.7\","
                + "\"method\":\"-\",\"host\":\"shop.example\",\"path\":\"\",\"status\":0,"
                + "\"bytesIn\":10,\"bytesOut\":20,\"durationMs\":1.5",
            "\"route\":\"\",\"cluster\":\"orders\",\"endpoint\":\"127.0.0.1:9001\",\"attempts\":2,"
                + "\"why\":\"flow-idle\",\"traceId\":\"\"}");
  }

  @Test
  void aPatternTellsOfAFlow() throws Exception {
    assertThat(line("%h %H %v %I %B %{why}g %{endpoint}g \"%{User-Agent}i\""))
        .isEqualTo(
            "203.0.113.7 tls-passthrough shop.example 10 20 flow-idle 127.0.0.1:9001 \"-\"\n");
  }

  private static String line(String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (AccessLogs logs = new AccessLogs(path -> out)) {
      logs.flows(
              new ListenerSpec(
                  "db",
                  new HostPort("127.0.0.1", 0),
                  ListenerSpec.Protocol.TCP,
                  1,
                  1,
                  List.of(),
                  "",
                  ListenerSpec.Forwarding.ALL,
                  new AccessLogSpec(format, "stdout", 1.0),
                  HttpLimits.DEFAULTS))
          .log(flow(FlowEnd.IDLE));
    }
    return out.toString(StandardCharsets.US_ASCII);
  }
}
