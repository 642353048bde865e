package io.expressgateway.http.upstream;

import static io.expressgateway.http.fault.FaultyEndpoint.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.FaultyEndpoint;
import io.expressgateway.http.fault.FaultyEndpoint.Script;
import io.expressgateway.http.fault.RawClient;
import io.expressgateway.http.fault.RawClient.Response;
import io.expressgateway.net.HostPort;
import io.expressgateway.route.NamedArguments;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Further tries: when, where, how often. */
class RetryTest {

  private static final String FAILED =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nfail";

  private static final Script FAILING =
      connection -> {
        while (connection.readRequest() != null) {
          connection.send(FAILED);
        }
      };

  private static final Script CLOSING = connection -> connection.readRequest();

  private static Gateway.Builder retrying(Map<String, String> arguments, int... ports) {
    return Gateway.builder()
        .endpoints(ports)
        .retry(100, 65_536)
        .route("retry", List.of(), List.of(new NamedArguments("Retry", arguments)), Map.of());
  }

  private static final Map<String, String> PLAIN =
      Map.of("retries", "3", "statuses", "SERVICE_UNAVAILABLE", "methods", "GET,PUT");

  private static int refusedPort() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FAILING)) {
      return endpoint.port();
    }
  }

  @Test
  void aRefusedConnectGoesToTheOtherEndpoint() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway =
            Gateway.builder().endpoints(refusedPort(), endpoint.port()).retry(100, 1).start();
        RawClient client = new RawClient(gateway.port())) {
      for (int i = 0; i < 6; i++) {
        assertThat(client.post("POST", "/", "paid once").body()).isEqualTo("ok");
      }
      assertThat(endpoint.requests).hasSize(6);
      assertThat(gateway.metrics.retries).contains("connect-failed");
      assertThat(gateway.metrics.failures).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFailureIsTriedElsewhere(boolean byStatus) throws Exception {
    try (FaultyEndpoint bad = FaultyEndpoint.start(byStatus ? FAILING : CLOSING);
        FaultyEndpoint good = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway = retrying(PLAIN, bad.port(), good.port()).start();
        RawClient client = new RawClient(gateway.port())) {
      for (int i = 0; i < 4; i++) {
        Response got = client.post("PUT", "/", "body " + i);
        assertThat(got.body()).isEqualTo("ok");
        assertThat(good.requests.get(i)).endsWith("body " + i);
      }
      assertThat(bad.requests).isNotEmpty();
      assertThat(gateway.metrics.retries)
          .isNotEmpty()
          .containsOnly(byStatus ? "retried-status" : "upstream-closed");
    }
  }

  @Test
  void backsOffAndGivesUp() throws Exception {
    Map<String, String> slow =
        Map.of(
            "retries", "2",
            "statuses", "SERVICE_UNAVAILABLE",
            "methods", "GET",
            "backoff.firstBackoff", "60ms",
            "backoff.maxBackoff", "100ms",
            "backoff.factor", "2");
    try (FaultyEndpoint bad = FaultyEndpoint.start(FAILING);
        Gateway gateway = retrying(slow, bad.port()).start();
        RawClient client = new RawClient(gateway.port())) {
      Response got = client.request("GET", "/");
      assertThat(got.status()).isEqualTo(503);
      assertThat(got.body()).isEqualTo("fail");
      assertThat(bad.requests).hasSizeLessThanOrEqualTo(3).hasSizeGreaterThan(1);
    }
  }

  @Test
  void otherMethodsAreNotTriedAgain() throws Exception {
    try (FaultyEndpoint bad = FaultyEndpoint.start(FAILING);
        Gateway gateway = retrying(PLAIN, bad.port()).start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.post("POST", "/", "x").body()).isEqualTo("fail");
      assertThat(bad.requests).hasSize(1);
    }
  }

  @Test
  void theBudgetEndsRetries() throws Exception {
    try (FaultyEndpoint bad = FaultyEndpoint.start(FAILING);
        Gateway gateway = retrying(PLAIN, bad.port()).retry(10, 65_536).start();
        RawClient client = new RawClient(gateway.port())) {
      for (int i = 0; i < 100; i++) {
        assertThat(client.request("GET", "/").body()).isEqualTo("fail");
      }
      // A tenth of a hundred, and what the budget grants at the least.
      assertThat(bad.requests.size()).isBetween(101, 140);
    }
  }

  @Test
  void theEndpointMayGoWhileTheTryWaits() throws Exception {
    Map<String, String> slow =
        Map.of(
            "retries", "1",
            "statuses", "SERVICE_UNAVAILABLE",
            "methods", "GET",
            "backoff.firstBackoff", "300ms",
            "backoff.maxBackoff", "300ms",
            "backoff.factor", "1");
    try (FaultyEndpoint bad = FaultyEndpoint.start(FAILING);
        Gateway gateway = retrying(slow, bad.port()).start();
        RawClient client = new RawClient(gateway.port())) {
      client.send(RawClient.head("GET", "/"));
      io.expressgateway.http.fault.Await.until(
          "the retry is decided", () -> !gateway.metrics.retries.isEmpty());
      gateway.engine().clusters().getFirst().endpoints().getFirst().draining(true);
      assertThat(client.read(false).body()).contains("no-healthy-endpoint");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"header:X-User", "cookie:user", "path", "source-ip"})
  void theSameKeyMeetsTheSameEndpoint(String hashOn) throws Exception {
    try (FaultyEndpoint a = FaultyEndpoint.start(named("a"));
        FaultyEndpoint b = FaultyEndpoint.start(named("b"));
        FaultyEndpoint c = FaultyEndpoint.start(named("c"));
        Gateway gateway =
            Gateway.builder()
                .endpoints(a.port(), b.port(), c.port())
                .balancer("ring-hash", hashOn)
                .start();
        RawClient client = new RawClient(gateway.port())) {
      java.util.Set<String> used = new java.util.HashSet<>();
      for (int key = 0; key < 30; key++) {
        String first = null;
        for (int i = 0; i < 3; i++) {
          String body =
              client.request("GET", "/" + key, "X-User: " + key, "Cookie: a=b; user=" + key).body();
          first = first == null ? body : first;
          assertThat(body).isEqualTo(first);
        }
        used.add(first);
      }
      assertThat(used).hasSize(hashOn.equals("source-ip") ? 1 : 3);
    }
  }

  private static Script named(String name) {
    return connection -> {
      while (connection.readRequest() != null) {
        connection.send(ok(name));
      }
    };
  }

  @Test
  void affinityIsGivenAndHonoured() throws Exception {
    try (FaultyEndpoint a = FaultyEndpoint.start(named("a"));
        FaultyEndpoint b = FaultyEndpoint.start(named("b"));
        Gateway gateway =
            Gateway.builder()
                .endpoints(a.port(), b.port())
                .balancer("session-affinity", "source-ip")
                .start();
        RawClient client = new RawClient(gateway.port())) {
      Response first = client.request("GET", "/");
      String cookie = first.header("set-cookie");
      assertThat(cookie).startsWith("EG_AFFINITY=").contains("HttpOnly");
      String pair = cookie.substring(0, cookie.indexOf(';'));
      for (int i = 0; i < 10; i++) {
        Response next = client.request("GET", "/", "Cookie: other=1; " + pair);
        assertThat(next.body()).isEqualTo(first.body());
        assertThat(next.header("set-cookie")).isEmpty();
      }
    }
  }

  @Test
  void aNamedEndpointIsResolved() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway = Gateway.builder().endpoint("localhost", endpoint.port()).start()) {
      io.expressgateway.http.fault.Await.until(
          "resolved", () -> RawClient.get(gateway.port(), "/").status() == 200);
      assertThat(endpoint.requests.getFirst())
          .contains("Host: " + new HostPort("localhost", endpoint.port()));
    }
  }
}
