package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.grpc.GrpcClient;
import io.expressgateway.http.grpc.GrpcEndpoint;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** gRPC through the packaged jar, by keys of a file alone. */
@Timeout(120)
class GrpcIT {

  @TempDir Path directory;

  @Test
  void callsAndChecksAndHealthWorkByConfigurationAndHealthEndsWithTheDrain() throws Exception {
    HealthStatusManager manager = new HealthStatusManager();
    try (GrpcEndpoint endpoint = GrpcEndpoint.serving(manager.getHealthService());
        GatewayJar gateway =
            GatewayJar.start(
                GatewayJar.file(
                    directory,
                    """
                    expressgateway:
                      listeners:
                        - { name: web, bind: "127.0.0.1:0", http: { grpc: { health-service: true } } }
                      clusters:
                        - name: c
                          protocol: http2
                          endpoints: [ { address: "127.0.0.1:%d" } ]
                          health-check: { type: grpc, service: s, interval: 100ms, unhealthy-threshold: 1, healthy-threshold: 1 }
                      drain.settle: 3s
                    spring.cloud.gateway.server.webflux.routes:
                      - { id: r, uri: "lb://c", predicates: [ "Path=/**" ], filters: [ GrpcWeb ], metadata: { grpc-max-deadline: 10s } }
                    """
                        .formatted(endpoint.port())));
        GrpcClient client = new GrpcClient(gateway.listener("web").getPort())) {
      HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(client.channel);
      await(health, "c", ServingStatus.NOT_SERVING);
      manager.setStatus("s", ServingStatus.SERVING);
      await(health, "c", ServingStatus.SERVING);
      assertThat(status(health, "")).isEqualTo(ServingStatus.SERVING);
      GrpcClient.Call call = client.begin("any/Method");
      Awaitility.await("it has arrived").until(() -> endpoint.calls.size() == 1);
      assertThat(endpoint.calls.getFirst().path).isEqualTo("any/Method");
      call.cancel();
      assertThat(call.end().code()).isEqualTo(Status.Code.CANCELLED);
      gateway.terminate();
      await(health, "", ServingStatus.NOT_SERVING);
      assertThat(gateway.awaitEnd().exit()).isZero();
    }
  }

  private static ServingStatus status(HealthGrpc.HealthBlockingStub health, String service) {
    return health.check(HealthCheckRequest.newBuilder().setService(service).build()).getStatus();
  }

  private static void await(
      HealthGrpc.HealthBlockingStub health, String service, ServingStatus wanted) {
    Awaitility.await(service + " " + wanted)
        .atMost(Duration.ofSeconds(30))
        .until(() -> status(health, service) == wanted);
  }
}
