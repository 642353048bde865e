package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.h1.RawEndpoint;
import org.junit.jupiter.api.Test;

/** A client that offers a table of gigabytes for our response fields, and makes us fill it. */
class HeaderTableGrowthTest {

  @Test
  void theTableStaysAtItsDefaultSize() throws Exception {
    int[] count = new int[1];
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request ->
                request.send(
                    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Own: "
                        + ("" + count[0]++).repeat(500)
                        + "\r\n\r\n"));
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 attacker = new RawHttp2(gateway.port())) {
      attacker.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 1, 0x7f, -1, -1, -1}).send();
      for (int i = 0; i < 50; i++) {
        attacker.request(1 + 2 * i, "GET", true).send();
        RawHttp2.Frame head = attacker.await(RawHttp2.HEADERS);
        // No update of the table's size (RFC 7541 section 6.3), and a decoder of the default size
        // that knows every entry that is referred to.
        assertThat(head.payload()[0] & 0xe0).isNotEqualTo(0x20);
        assertThat(attacker.fields(head).get("x-own")).hasToString(("" + i).repeat(500));
      }
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }
}
