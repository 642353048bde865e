package io.expressgateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.net.HostPort;
import io.expressgateway.route.Route;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.ListenerSpec.HttpLimits;
import io.expressgateway.snapshot.Snapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SnapshotCompilerTest {

  private static final String MINIMAL =
      """
      expressgateway:
        listeners: [ { name: web, bind: "127.0.0.1:0" } ]
        clusters: [ { name: c } ]
      """;

  @Test
  void compilesEveryKeyOfAFullFile() {
    Compilation.Accepted accepted = Fixture.accepted(Fixture.load("full.yaml"));
    Snapshot snapshot = accepted.snapshot();

    assertThat(accepted.warnings()).isEmpty();
    ListenerSpec web = snapshot.listeners().getFirst();
    assertThat(web.trustedProxies()).hasToString("[10.0.0.0/8, 2001:db8:0:0:0:0:0:0/32]");
    assertThat(web.accessLog()).isEqualTo(new ListenerSpec.AccessLogSpec("off", "stdout", 0.5));
    assertThat(web.http().responseTimeout()).isZero();
    assertThat(web.http().grpc())
        .isEqualTo(new ListenerSpec.GrpcLimits(Duration.ZERO, Duration.ofMinutes(5), true));
    assertThat(web.http().underscoreHeaders()).isEqualTo(ListenerSpec.UnderscoreHeaders.DROP);
    assertThat(snapshot.listeners().get(1).bind()).isEqualTo(new HostPort("::1", 0));
    ClusterSpec orders = snapshot.clusters().getFirst();
    assertThat(orders.endpoints())
        .containsExactly(
            new ClusterSpec.EndpointSpec(new HostPort("127.0.0.1", 9001), 3),
            new ClusterSpec.EndpointSpec(new HostPort("orders.internal", 9001), 0));
    assertThat(orders.healthCheck().expectedStatusTo()).isEqualTo(299);
    assertThat(orders.healthCheck().port()).isNull();
    assertThat(orders.implicit()).isFalse();
    assertThat(snapshot.drain())
        .isEqualTo(new Snapshot.Drain(Duration.ZERO, Duration.ofSeconds(10), 0.25));
    assertThat(accepted.settings().managementPort()).isZero();
    assertThat(accepted.settings().transport()).isEqualTo("nio");
    assertThat(accepted.settings()).hasToString("ProcessSettings[management=127.0.0.1:0]");
  }

  @Test
  void compilesRoutesInTheOrderInWhichTheyAreTried() {
    List<Route> routes = Fixture.accepted(Fixture.load("full.yaml")).snapshot().routes();

    assertThat(routes).extracting(Route::id).containsExactly("orders", "away", "late");
    assertThat(routes).extracting(Route::cluster).containsExactly("orders", "", "127.0.0.1:9002");
    Route orders = routes.getFirst();
    assertThat(orders.listeners()).containsExactly("web");
    assertThat(orders.metadata())
        .isEqualTo(
            Map.of(
                "connect-timeout", 200L,
                "response-timeout", 2000L,
                "per-try-timeout", 3000L,
                "total-timeout", 1500L,
                "tunnel-idle-timeout", 300_000L,
                "max-body-size", 1_048_576L,
                "grpc-max-deadline", -1L,
                "listeners", List.of("web"),
                "team", "blue"));
  }

  @Test
  void interleavesDefaultFiltersByPosition() {
    Route orders = Fixture.accepted(Fixture.load("full.yaml")).snapshot().routes().getFirst();

    assertThat(orders.filters())
        .extracting(filter -> filter.name() + filter.arguments().values())
        .containsExactly(
            "AddRequestHeader[X-One, 1]",
            "StripPrefix[1]",
            "AddRequestHeader[X-Three, 3]",
            "AddRequestHeader[X-Four, 4]");
  }

  @Test
  void filtersThatChangeTheUriRunLast() {
    Route route =
        Fixture.accepted(
                Fixture.yaml(
                    MINIMAL,
                    """
                    spring.cloud.gateway.server.webflux:
                      default-filters: [ "RequestHeaderToRequestUri=X-To" ]
                      routes: [ { id: a, uri: "lb:ws://c", filters: [ "StripPrefix=1" ] } ]
                    """))
            .snapshot()
            .routes()
            .getFirst();

    assertThat(route.filters())
        .extracting(filter -> filter.name())
        .containsExactly("StripPrefix", "RequestHeaderToRequestUri");
    assertThat(route.cluster()).isEqualTo("c");
  }

  @Test
  void reportsEveryMistakeAtOnce() {
    List<String> problems = Fixture.refused(Fixture.load("wrong.yaml"));

    assertThat(problems).doesNotHaveDuplicates();
    for (String expected :
        """
        expressgateway.event-lops | 2 | unknown key | the closest known key is expressgateway.event-loops
        expressgateway.transport | kqueue | is not one of auto, epoll, io_uring, nio
        expressgateway.listeners[0].http3 | true | HTTP/3 is not built yet
        expressgateway.listeners[0].max-connections | 0 | is out of range
        expressgateway.listeners[0].trusted-proxies | ten
        expressgateway.listeners[0].tls.certificates | | https needs a certificate
        expressgateway.listeners[0].tls.client-ca | | client-auth is need and no CA is named
        expressgateway.listeners[0].http.header-timeout | soon | is not a duration
        expressgateway.listeners[0].http.max-body-size | 3 apples | is not a size
        expressgateway.listeners[0].http.underscore-headers | keep | is not one of
        expressgateway.listeners[0].http.header | {a} | unknown key
        expressgateway.listeners[0].xdp | nat | the gateway itself has to read
        expressgateway.listeners[1].name | web | is the name at expressgateway.listeners[0].name too
        expressgateway.listeners[1].bind | 0.0.0.0:8080 | is the address of listener web too
        expressgateway.listeners[2].name | | is required
        expressgateway.listeners[2].bind | 8080 | is not an address and a port
        expressgateway.listeners[1].http.write-stall-timeout | 106752d | is not a duration of at most a hundred years
        expressgateway.clusters[0].protocol | h2 | is not one of
        expressgateway.clusters[0].balancer | roundrobin | is not one of
        expressgateway.clusters[0].hash-on | connection-id | QUIC has connection IDs, and protocol http1 none
        expressgateway.clusters[0].endpoints[0].address | 127.0.0.1 | is not host:port
        expressgateway.clusters[0].tls.ca | ca.pem | cannot be read: there is no such file
        expressgateway.clusters[0].health-check.type | grpc | gRPC checks speak HTTP/2
        expressgateway.clusters[0].health-check.expected-status | 399-200 | is neither
        expressgateway.clusters[0].health-check.path | nowhere | is no request path
        expressgateway.clusters[0].health-check.port | 0 | is out of range
        expressgateway.clusters[0].outlier-ejection.max-ejected-percent | 101 | is out of range
        expressgateway.clusters[0].outlier-ejection.enabled | maybe | is not true or false
        expressgateway.clusters[1].name | orders | is the name at expressgateway.clusters[0].name too
        expressgateway.clusters[1].endpoints[0].weight | 5 | round-robin gives every endpoint the same share | write balancer: weighted-round-robin
        expressgateway.clusters[1].endpoints[1].address | a:1 | is the name at
        expressgateway.clusters[3].endpoints[0].address | my_stock:443 | TLS verifies the endpoint's name, and names in certificates have no underscore | write tls.server-name
        expressgateway.clusters[4].tls.server-name | my_bills | is no host name
        expressgateway.clusters[1].health-check.type | smoke | is not one of http, tcp, grpc
        expressgateway.security.rapid-reset | {threshold} | unknown key | the closest known key is expressgateway.security.h2-rapid-reset
        expressgateway.xdp.interfaces[0] | eth0/1 | is no name
        expressgateway.xdp.deny[0] | everybody | 'everybody' is not an IP address
        expressgateway.xdp.pin-directory | pins | is no absolute path
        expressgateway.xdp.encapsulation-source-v4 | ::1 | is no IPv4 address
        expressgateway.xdp.flows-v4 | 1 | is out of range
        expressgateway.drain.jitter | 2 | is out of range
        expressgateway.drain.settle | -1s | is out of range
        expressgateway.admin.token-sha256 | ****** | is no SHA-256
        management.server.address | 0.0.0.0 | lets others
        server.ssl.key-store | a.p12 | write listeners of protocol https
        CORS is not built yet
        spring.cloud.gateway.server.webflux.trusted-proxies | ( | is no regular expression
        spring.cloud.gateway.server.webflux.httpclient.connect-timeout | quick | is not a whole number
        spring.cloud.gateway.server.webflux.routes[0].filters[0] | StripPrefix=1 | spring.cloud.gateway.server.webflux.filter.strip-prefix.enabled has switched it off
        spring.cloud.gateway.server.webflux.routes[0].uri | lb://order | there is no cluster order | write it under expressgateway.clusters; the closest there is orders
        spring.cloud.gateway.server.webflux.routes[0].id | a | is the id of another route too
        spring.cloud.gateway.server.webflux.routes[2].uri | forward:/x | there is no handler
        spring.cloud.gateway.server.webflux.routes[3].uri | localhost:80 | the scheme localhost is not known
        spring.cloud.gateway.server.webflux.routes[4].uri | lb:wss://parcels | the endpoints of parcels
        spring.cloud.gateway.server.webflux.routes[4].metadata.connect-timeout | 2s | is not a number of milliseconds
        spring.cloud.gateway.server.webflux.routes[4].metadata.per-try-timeout | 0s | is not a positive duration
        spring.cloud.gateway.server.webflux.routes[4].metadata.total-timeout | soon | is not a positive duration
        spring.cloud.gateway.server.webflux.routes[4].metadata.tunnel-idle-timeout | -1s | is not a positive duration
        spring.cloud.gateway.server.webflux.routes[4].metadata.max-body-size | big | is not a size
        spring.cloud.gateway.server.webflux.routes[4].metadata.grpc-max-deadline | 0s | is not a positive duration
        spring.cloud.gateway.server.webflux.routes[4].metadata.listeners | nowhere | there is no such listener
        there is no expression language here
        spring.cloud.gateway.server.webflux.routes[5].filters[1] | Unheard=1 | no such filter
        spring.cloud.gateway.server.webflux.routes[5].predicates[0] | Moon=full | no such predicate
        spring.cloud.gateway.server.webflux.routes[6].uri | lb:ftp://orders | the scheme ftp within lb: is not known
        spring.cloud.gateway.server.webflux.routes[7].uri | http://user@x:1 | has no usable host and port
        """
            .lines()
            .toList()) {
      assertThat(problems)
          .as(expected)
          .anyMatch(line -> line.replace("|  |", "| |").contains(expected));
    }
    assertThat(String.join("\n", problems)).doesNotContain("hunter2");
  }

  @Test
  void everyTypeOfCheckIsForHttp2EndpointsAndGrpcIsForNoOthers() {
    String http2 =
        MINIMAL.replace(
            "{ name: c }", "{ name: c, protocol: http2, health-check: { type: TYPE } }");

    for (String type : List.of("tcp", "http", "grpc, service: orders.v1.Orders")) {
      assertThat(Fixture.accepted(Fixture.yaml(http2.replace("TYPE", type))).snapshot().clusters())
          .extracting(ClusterSpec::protocol)
          .containsExactly(ClusterSpec.Protocol.HTTP2);
    }
    assertThat(Fixture.refused(Fixture.yaml(http2.replace("TYPE", "tcp, service: a"))).toString())
        .contains("expressgateway.clusters[0].health-check.service", "write type: grpc");
    String http1 = http2.replace("protocol: http2, ", "");
    assertThat(Fixture.refused(Fixture.yaml(http1.replace("TYPE", "grpc"))).toString())
        .contains("expressgateway.clusters[0].health-check.type", "write protocol: http2");
  }

  @Test
  void quarantinesABadRouteWhenAskedTo() {
    Compilation.Accepted accepted =
        Fixture.accepted(
            Fixture.yaml(
                MINIMAL,
                """
                spring.cloud.gateway.server.webflux:
                  fail-on-route-definition-error: false
                  routes:
                    - { id: bad, uri: "http://h:1", filters: [ "Unheard=1" ] }
                    - { id: good, uri: "lb://c", filters: [ "AddRequestHeader=A, #{@bean}" ] }
                """));

    assertThat(accepted.snapshot().routes()).extracting(Route::id).containsExactly("good");
    assertThat(accepted.snapshot().clusters()).extracting(ClusterSpec::name).containsExactly("c");
    assertThat(accepted.quarantined())
        .extracting(Problem::reason)
        .containsExactly("no such filter");
  }

  @Test
  void theSameContentHasTheSameHash() {
    String first = Fixture.accepted(Fixture.load("full.yaml")).snapshot().hash();

    assertThat(Fixture.accepted(Fixture.load("full.yaml")).snapshot().hash()).isEqualTo(first);
    assertThat(first).matches("[0-9a-f]{64}");
    assertThat(Fixture.accepted(Fixture.yaml(MINIMAL)).snapshot().hash()).isNotEqualTo(first);
    assertThat(
            Fixture.accepted(Fixture.yaml("expressgateway.drain.settle: 1s", MINIMAL))
                .snapshot()
                .hash())
        .isNotEqualTo(Fixture.accepted(Fixture.yaml(MINIMAL)).snapshot().hash());
  }

  @Test
  void defaultsAreThoseOfTheCore() {
    assertThat(Fixture.accepted(Fixture.yaml(MINIMAL)).snapshot().listeners().getFirst().http())
        .isEqualTo(HttpLimits.DEFAULTS);
  }

  @Test
  void theShippedFileIsValid() {
    var environment = new org.springframework.core.env.StandardEnvironment();
    io.expressgateway.config.launch.ConfigurationCheck.load(
        environment,
        new io.expressgateway.config.launch.ConfigurationFile(Path.of("config/default.yaml")));
    Snapshot snapshot = Fixture.accepted(environment).snapshot();

    assertThat(snapshot.listeners().getFirst().bind()).hasToString("0.0.0.0:8080");
    assertThat(snapshot.clusters().getFirst().endpoints().getFirst().address())
        .hasToString("127.0.0.1:9001");
    assertThat(snapshot.routes()).extracting(Route::cluster).containsExactly("default");
  }

  @Test
  void nothingAtAllIsRefused() {
    assertThat(Fixture.refused(Fixture.bare())).singleElement().asString().contains("neither");
  }

  @Test
  void bothKindsOfTrustAreRefused() {
    assertThat(
            Fixture.refused(
                Fixture.yaml(
                    """
                    expressgateway.listeners:
                      - { name: web, bind: "127.0.0.1:0", trusted-proxies: [10.0.0.0/8] }
                    spring.cloud.gateway.server.webflux.trusted-proxies: 10.*
                    """)))
        .singleElement()
        .asString()
        .contains("is set too");
  }

  @Test
  void anAccessLogFormatThatNobodyCanReadIsRefused() {
    assertThat(
            Fixture.refused(
                Fixture.yaml(
                    """
                    expressgateway.listeners:
                      - { name: web, bind: "127.0.0.1:0", access-log: { format: "%h %Q" } }
                    """)))
        .singleElement()
        .asString()
        .startsWith("expressgateway.listeners[0].access-log.format | %h %Q | ");
  }

  @Test
  void aListIsTakenWholeFromTheFirstSource() {
    Snapshot snapshot =
        Fixture.accepted(
                Fixture.yaml(
                    "expressgateway.listeners: [ { name: a, bind: 'localhost:0' } ]",
                    """
                    expressgateway.drain.settle: 3s
                    expressgateway.listeners:
                      - { name: x, bind: 'localhost:1', max-connections: 5 }
                      - { name: y, bind: 'localhost:2' }
                    """))
            .snapshot();

    assertThat(snapshot.listeners()).extracting(ListenerSpec::name).containsExactly("a");
    assertThat(snapshot.listeners().getFirst().maxConnections()).isEqualTo(65_536);
    assertThat(snapshot.drain().settle()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void aTokenOrTheSwitchOpensManagement() {
    String open = "management.server.address: 0.0.0.0\n";
    String token = "expressgateway.admin.token-sha256: " + "Ab".repeat(32);

    assertThat(Fixture.accepted(Fixture.yaml(MINIMAL, open, token)).settings().tokenSha256())
        .isEqualTo("ab".repeat(32));
    assertThat(
            Fixture.accepted(
                    Fixture.yaml(MINIMAL, open, "expressgateway.admin.allow-non-loopback: true"))
                .settings()
                .managementAddress())
        .isEqualTo("0.0.0.0");
    assertThat(Fixture.accepted(Fixture.yaml(MINIMAL, "management.server.address: '::1'")))
        .isNotNull();
    assertThat(Fixture.refused(Fixture.yaml(MINIMAL, "management.server.address: example.org")))
        .hasSize(1);
  }
}
