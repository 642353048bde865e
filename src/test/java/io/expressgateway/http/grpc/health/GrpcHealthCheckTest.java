package io.expressgateway.http.grpc.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.fault.FaultyEndpoint;
import io.expressgateway.http.grpc.GrpcClient;
import io.expressgateway.http.grpc.GrpcEndpoint;
import io.expressgateway.tls.TestCertificates;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The gateway asks endpoints for their health over HTTP/2. */
class GrpcHealthCheckTest {

  private final HealthStatusManager manager = new HealthStatusManager();

  private static ClusterSpec.HealthCheck check(String type, String service, int from, int to) {
    return new ClusterSpec.HealthCheck(
        type, "/", service, Duration.ofMillis(50), Duration.ofSeconds(2), 1, 1, from, to, null);
  }

  private static Gateway gateway(int port, ClusterSpec.HealthCheck check) {
    return Gateway.builder()
        .protocol(ClusterSpec.Protocol.HTTP2)
        .endpoints(port)
        .healthCheck(check)
        .start();
  }

  private static void becomes(Gateway gateway, Endpoint.Health wanted) throws Exception {
    Endpoint endpoint = gateway.engine().clusters().getFirst().endpoints().getFirst();
    Await.until("it is " + wanted, () -> endpoint.health() == wanted);
  }

  @Test
  void whoServesIsHealthyAndWhoDoesNotIsNot() throws Exception {
    try (GrpcEndpoint endpoint = GrpcEndpoint.serving(manager.getHealthService());
        Gateway gateway = gateway(endpoint.port(), check("grpc", "", 200, 399))) {
      becomes(gateway, Endpoint.Health.HEALTHY);
      manager.setStatus("", ServingStatus.NOT_SERVING);
      becomes(gateway, Endpoint.Health.UNHEALTHY);
      manager.setStatus("", ServingStatus.SERVING);
      becomes(gateway, Endpoint.Health.HEALTHY);
    }
  }

  @Test
  void theServiceThatIsNamedIsAskedFor() throws Exception {
    manager.setStatus("orders", ServingStatus.NOT_SERVING);
    try (GrpcEndpoint endpoint = GrpcEndpoint.serving(manager.getHealthService());
        Gateway gateway = gateway(endpoint.port(), check("grpc", "orders", 200, 399));
        Gateway other = gateway(endpoint.port(), check("grpc", "nobody", 200, 399))) {
      becomes(gateway, Endpoint.Health.UNHEALTHY);
      becomes(other, Endpoint.Health.UNHEALTHY);
      manager.setStatus("orders", ServingStatus.SERVING);
      becomes(gateway, Endpoint.Health.HEALTHY);
    }
  }

  @Test
  void whoDoesNotAnswerOrHasNoSuchServiceIsUnhealthy() throws Exception {
    try (GrpcEndpoint without = GrpcEndpoint.serving();
        FaultyEndpoint http1 = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway silent =
            gateway(
                without.port(),
                new ClusterSpec.HealthCheck(
                    "grpc",
                    "/",
                    Duration.ofMillis(50),
                    Duration.ofMillis(200),
                    1,
                    1,
                    200,
                    399,
                    null));
        Gateway other = gateway(http1.port(), check("grpc", "", 200, 399));
        Gateway nobody = gateway(1, check("grpc", "", 200, 399))) {
      becomes(silent, Endpoint.Health.UNHEALTHY);
      becomes(other, Endpoint.Health.UNHEALTHY);
      becomes(nobody, Endpoint.Health.UNHEALTHY);
    }
  }

  @Test
  void anHttpCheckOfAnHttp2EndpointIsAGetOverHttp2() throws Exception {
    // gRPC's server answers what has no content type with 415.
    try (GrpcEndpoint endpoint = GrpcEndpoint.serving();
        Gateway expected = gateway(endpoint.port(), check("http", "", 415, 415));
        Gateway unexpected = gateway(endpoint.port(), check("http", "", 200, 399))) {
      becomes(expected, Endpoint.Health.HEALTHY);
      becomes(unexpected, Endpoint.Health.UNHEALTHY);
      assertThat(expected.metrics.contained).isEmpty();
    }
  }

  @Test
  void overTlsTheEndpointIsVerifiedAndThenAsked() throws Exception {
    TestCertificates ours = new TestCertificates();
    try (GrpcEndpoint endpoint =
            GrpcEndpoint.secured(ours.server("localhost"), manager.getHealthService());
        Gateway trusting = gateway(endpoint.port(), ours);
        Gateway distrusting = gateway(endpoint.port(), new TestCertificates());
        GrpcClient client = new GrpcClient(trusting.port())) {
      becomes(trusting, Endpoint.Health.HEALTHY);
      becomes(distrusting, Endpoint.Health.UNHEALTHY);
      assertThat(client.unary("s/m", "a").received()).containsExactly("a");
    }
  }

  private static Gateway gateway(int port, TestCertificates trusted) {
    return Gateway.builder()
        .protocol(ClusterSpec.Protocol.HTTP2)
        .endpoints(port)
        .healthCheck(check("grpc", "", 200, 399))
        .cluster(c ->
            new ClusterSpec(
                c.name(),
                c.protocol(),
                c.balancer(),
                c.hashOn(),
                c.affinityCookie(),
                c.slowStart(),
                c.connectTimeout(),
                c.firstByteTimeout(),
                c.retry(),
                c.endpoints(),
                c.healthCheck(),
                c.outlier(),
                c.pool(),
                new ClusterSpec.Tls(true, List.of(trusted.authority()), null, null),
                false))
        .start();
  }
}
