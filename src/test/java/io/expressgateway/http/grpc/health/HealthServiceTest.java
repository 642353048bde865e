package io.expressgateway.http.grpc.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.fault.RawClient;
import io.expressgateway.http.grpc.GrpcClient;
import io.expressgateway.snapshot.ListenerSpec.GrpcLimits;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** gRPC's own client asks the gateway for its health. */
class HealthServiceTest {

  private final Gateway gateway = gateway(true);
  private final GrpcClient client = new GrpcClient(gateway.port());
  private final HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(client.channel);

  private static Gateway gateway(boolean serves) {
    return Gateway.builder()
        .endpoints(1)
        .limits(d -> d.with(new GrpcLimits(Duration.ofMinutes(5), Duration.ofHours(1), serves)))
        .start();
  }

  @AfterEach
  void close() {
    client.close();
    gateway.close();
  }

  private static HealthCheckRequest asking(String service) {
    return HealthCheckRequest.newBuilder().setService(service).build();
  }

  private ServingStatus check(String service) {
    return health.check(asking(service)).getStatus();
  }

  private void drainEndpoint() {
    gateway.engine().clusters().getFirst().endpoints().getFirst().draining(true);
  }

  @Test
  void theGatewayServesUntilItDrains() {
    assertThat(check("")).isEqualTo(ServingStatus.SERVING);
    gateway.engine().announceDrain();
    assertThat(check("")).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(check("test")).isEqualTo(ServingStatus.NOT_SERVING);
  }

  @Test
  void aClusterServesWhileItHasAnEndpointThatMayBeUsed() {
    assertThat(check("test")).isEqualTo(ServingStatus.SERVING);
    drainEndpoint();
    assertThat(check("test")).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(check("")).isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void anUnknownServiceIsNotFound() {
    assertThatThrownBy(() -> check("nobody"))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessage("NOT_FOUND: unknown service");
  }

  @Test
  void allServicesAreListed() throws Exception {
    // A map of names to statuses, as field 1; the client's version has no such method yet.
    assertThat(client.unary("grpc.health.v1.Health/List", "").received())
        .containsExactly("\n\6\n\0\22\2\b\1" + "\n\12\n\4test\22\2\b\1");
  }

  /** What a watcher has seen. */
  private static final class Watcher implements StreamObserver<HealthCheckResponse> {
    private final List<ServingStatus> seen = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    @Override
    public void onNext(HealthCheckResponse value) {
      seen.add(value.getStatus());
    }

    @Override
    public void onError(Throwable cause) {
      end.complete(Status.fromThrowable(cause));
    }

    @Override
    public void onCompleted() {
      end.complete(Status.OK);
    }
  }

  private Watcher watch(String service) {
    Watcher watcher = new Watcher();
    HealthGrpc.newStub(client.channel).watch(asking(service), watcher);
    return watcher;
  }

  @Test
  void whoWatchesIsToldEveryChange() throws Exception {
    Watcher watcher = watch("test");
    Watcher unknown = watch("nobody");
    Await.until("it serves", () -> watcher.seen.equals(List.of(ServingStatus.SERVING)));
    Await.until("it is unknown", () -> unknown.seen.equals(List.of(ServingStatus.SERVICE_UNKNOWN)));
    drainEndpoint();
    Await.until(
        "it serves no more",
        () -> watcher.seen.equals(List.of(ServingStatus.SERVING, ServingStatus.NOT_SERVING)));
    assertThat(unknown.seen).hasSize(1);
  }

  @Test
  void aDrainTellsTheWatchersAndSendsThemAway() throws Exception {
    Watcher watcher = watch("");
    Await.until("it serves", () -> watcher.seen.size() == 1);
    gateway.engine().announceDrain();
    Await.until("it leaves", () -> watcher.seen.contains(ServingStatus.NOT_SERVING));
    gateway.engine().beginDrain();
    Status end = watcher.end.get(15, TimeUnit.SECONDS);
    assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(end.getDescription()).isEqualTo("the gateway is draining");
  }

  @Test
  void aWatcherWhoLeavesIsForgotten() throws Exception {
    Watcher watcher = watch("");
    Await.until("it serves", () -> watcher.seen.size() == 1);
    client.channel.shutdownNow();
    Await.until("nothing runs", () -> gateway.engine().ledger().aborted() == 1);
  }

  @Test
  void bytesThatAreNoRequestAreRefused() throws Exception {
    assertThat(raw("\0\0\0\0\3\n\5h")).isEqualTo("13");
    assertThat(raw("\0\0\0\0\1\3")).isEqualTo("13");
    assertThat(raw("\0\0\0\0\7h")).isEqualTo("13");
    assertThat(raw("")).isEqualTo("13");
    assertThat(raw("\1\0\0\0\2hi")).isEqualTo("12");
    assertThat(raw("\0\0\0\u0005\0" + "x".repeat(1280))).isEqualTo("8");
  }

  private String raw(String body) throws Exception {
    try (RawClient http1 = new RawClient(gateway.port())) {
      http1.send(
          RawClient.head(
                  "POST",
                  "/grpc.health.v1.Health/Check",
                  "Content-Type: application/grpc",
                  "TE: trailers",
                  "Content-Length: " + body.length())
              + body);
      return http1.read(false).header("grpc-status");
    }
  }

  @Test
  void anotherMethodIsUnimplemented() throws Exception {
    assertThat(client.unary("grpc.health.v1.Health/Guess", "").code())
        .isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @Test
  void withoutTheKeyTheRouteIsAsked() throws Exception {
    try (Gateway silent = gateway(false);
        GrpcClient other = new GrpcClient(silent.port())) {
      assertThat(other.unary("grpc.health.v1.Health/Check", "").status().getDescription())
          .startsWith("connect-failed");
    }
  }
}
