package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.net.Cidr;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.ListenerSpec.Forwarding;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who may say where a request came from, and what the endpoint is told. */
class ForwardingHeadersTest {

  private static final Forwarding REPLACE =
      new Forwarding(true, false, true, false, true, false, true, false, true, false, true);
  private static final Forwarding NONE =
      new Forwarding(false, false, false, false, false, false, false, false, false, false, false);

  private static final String SPOOFED =
      "GET /a HTTP/1.1\r\nHost: shop.test:8080\r\nX-Forwarded-For: 203.0.113.9\r\n"
          + "x-forwarded-for: 198.51.100.7\r\nX-Forwarded-Proto: https\r\n"
          + "X-Forwarded-Host: evil.test\r\nX-Forwarded-Port: 1\r\nX-Forwarded-Prefix: /evil\r\n"
          + "Forwarded: for=203.0.113.9\r\n\r\n";

  @Test
  void replacesWhatAnUntrustedPeerClaims() throws IOException {
    RawEndpoint.Request got = forwarded(List.of(), "", Forwarding.ALL);
    assertThat(got.all("X-Forwarded-For")).containsExactly("127.0.0.1");
    assertThat(got.all("X-Forwarded-Proto")).containsExactly("http");
    assertThat(got.all("X-Forwarded-Host")).containsExactly("shop.test:8080");
    assertThat(got.all("X-Forwarded-Port")).containsExactly("8080");
    assertThat(got.all("X-Forwarded-Prefix")).isEmpty();
    assertThat(got.all("Via")).containsExactly("1.1 expressgateway");
    assertThat(got.header("Forwarded"))
        .matches("proto=http;host=\"shop.test:8080\";for=\"127\\.0\\.0\\.1:\\d+\"");
  }

  @Test
  void countsRequestsWhoseClaimsWereDropped() throws IOException {
    try (Stage stage = Stage.open();
        RawClient client = stage.client()) {
      assertThat(client.get("/plain").read().status()).isEqualTo(200);
      assertThat(stage.gateway.metrics.security).isEmpty();
      assertThat(client.send(SPOOFED).read().status()).isEqualTo(200);
      assertThat(stage.gateway.metrics.security).containsExactly("untrusted-forwarding:strip");
    }
  }

  @Test
  void keepsAndExtendsWhatATrustedPeerSays() throws IOException {
    assertExtended(forwarded(List.of(Cidr.parse("127.0.0.0/8")), "", Forwarding.ALL));
  }

  @Test
  void trustsByTheExpressionOfSpringCloudGateway() throws IOException {
    assertExtended(forwarded(List.of(), "127\\.0\\.0\\.\\d+|10\\..*", Forwarding.ALL));
  }

  @Test
  void anExpressionMustMatchTheWholeAddress() throws IOException {
    assertThat(forwarded(List.of(), "127", Forwarding.ALL).all("X-Forwarded-For"))
        .containsExactly("127.0.0.1");
  }

  @Test
  void aNeighbouringNetworkIsNotTrusted() throws IOException {
    assertThat(
            forwarded(List.of(Cidr.parse("126.0.0.0/8"), Cidr.parse("::1/128")), "", Forwarding.ALL)
                .all("X-Forwarded-For"))
        .containsExactly("127.0.0.1");
  }

  @Test
  void replacesATrustedPeersValuesWhenAppendingIsOff() throws IOException {
    RawEndpoint.Request got = forwarded(List.of(Cidr.parse("127.0.0.1/32")), "", REPLACE);
    assertThat(got.all("X-Forwarded-For")).containsExactly("127.0.0.1");
    assertThat(got.all("X-Forwarded-Proto")).containsExactly("http");
    assertThat(got.all("X-Forwarded-Host")).containsExactly("shop.test:8080");
    assertThat(got.all("X-Forwarded-Port")).containsExactly("8080");
  }

  @Test
  void writesNothingWhenToldSoAndStillStripsTheUntrusted() throws IOException {
    RawEndpoint.Request got = forwarded(List.of(), "", NONE);
    assertThat(got.head()).doesNotContainIgnoringCase("forwarded");
  }

  @Test
  void preparedFieldsFollowTheAuthorityOfEachRequest() throws IOException {
    RawEndpoint endpoint = RawEndpoint.echoingTarget();
    try (Gateway gateway = Gateway.to(endpoint.port());
        RawClient client = new RawClient(gateway.port())) {
      for (String host : List.of("a", "a", "b:81", "[::1]:82", "a")) {
        client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").read();
        RawEndpoint.Request got = endpoint.requests().getLast();
        assertThat(got.header("X-Forwarded-Host")).isEqualTo(host);
        assertThat(got.header("X-Forwarded-Port"))
            .isEqualTo(host.contains(":8") ? host.substring(host.lastIndexOf(':') + 1) : "80");
      }
    } finally {
      endpoint.close();
    }
  }

  @Test
  void tellsThePrefixThatAFilterTookOff() throws IOException {
    RawEndpoint endpoint = RawEndpoint.echoingTarget();
    try (Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .route("strip", List.of(), List.of(Gateway.shortcut("StripPrefix=1")), Map.of())
                .start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.get("/shop/items").read().body()).isEqualTo("/items");
      assertThat(endpoint.request().header("X-Forwarded-Prefix")).isEqualTo("/shop");
    } finally {
      endpoint.close();
    }
  }

  private static void assertExtended(RawEndpoint.Request got) {
    assertThat(got.all("X-Forwarded-For")).containsExactly("203.0.113.9,198.51.100.7,127.0.0.1");
    assertThat(got.all("X-Forwarded-Proto")).containsExactly("https,http");
    assertThat(got.all("X-Forwarded-Host")).containsExactly("evil.test,shop.test:8080");
    assertThat(got.all("X-Forwarded-Port")).containsExactly("1,8080");
    assertThat(got.all("X-Forwarded-Prefix")).containsExactly("/evil");
    assertThat(got.header("Forwarded")).startsWith("for=203.0.113.9,proto=http;");
  }

  private static RawEndpoint.Request forwarded(
      List<Cidr> trusted, String pattern, Forwarding forwarding) throws IOException {
    RawEndpoint endpoint = RawEndpoint.echoingTarget();
    try (Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .listener(spec ->
                    new ListenerSpec(
                        spec.name(),
                        spec.bind(),
                        spec.protocol(),
                        spec.maxConnections(),
                        spec.maxConnectionsPerIp(),
                        trusted,
                        pattern,
                        forwarding,
                        spec.accessLog(),
                        spec.http()))
                .start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.send(SPOOFED).read().status()).isEqualTo(200);
      return endpoint.request();
    } finally {
      endpoint.close();
    }
  }
}
