package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.h1.RawEndpoint;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;

/**
 * The HTTP/2 Bomb (CVE-2026-49975): a head of few bytes that names one table entry again and again,
 * cookie crumbs too, which a joined Cookie field would hide from a count.
 */
class CookieCrumbsTest {

  @Test
  void eachCrumbCountsAsAField() throws Exception {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(RawHttp2.block("GET"));
    // Literal with incremental indexing, the name from the static table: cookie.
    block.write(0x40 | 32);
    block.write(1);
    block.write('a');
    for (int i = 0; i < 256; i++) {
      block.write(0x80 | 62);
    }
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 attacker = new RawHttp2(gateway.port());
        RawHttp2 neighbour = new RawHttp2(gateway.port())) {
      attacker.settings().frame(RawHttp2.HEADERS, 5, 1, block.toByteArray()).send();
      assertThat(attacker.awaitFields().status()).hasToString("431");
      assertThat(gateway.metrics.security).containsExactly("header-too-large:reject");
      assertThat(endpoint.requests()).isEmpty();
      neighbour.settings().request(1, "GET", true).send();
      assertThat(neighbour.await(RawHttp2.DATA).stream()).isEqualTo(1);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  @Test
  void asManyCrumbsAsAreAllowedBecomeOneField() throws Exception {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(RawHttp2.block("GET"));
    block.write(0x40 | 32);
    block.write(1);
    block.write('a');
    for (int i = 0; i < 255; i++) {
      block.write(0x80 | 62);
    }
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings().frame(RawHttp2.HEADERS, 5, 1, block.toByteArray()).send();
      assertThat(client.awaitFields().status()).hasToString("200");
      assertThat(endpoint.request().header("cookie").split("; ")).hasSize(256);
    }
  }
}
