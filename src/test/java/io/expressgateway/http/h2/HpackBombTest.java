package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;

/** One large table entry, named again and again: few bytes that decode to many. */
class HpackBombTest {

  @Test
  void theDecodedSizeIsBounded() throws Exception {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(RawHttp2.block("GET"));
    // A literal with incremental indexing whose value of 3000 bytes stays in the table.
    block.write(0x40);
    block.write(1);
    block.write('a');
    block.writeBytes(new byte[] {0x7f, (byte) (2873 & 0x7f | 0x80), 2873 >> 7});
    block.writeBytes("v".repeat(3000).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    for (int i = 0; i < 10_000; i++) {
      block.write(0x80 | 62);
    }
    try (Gateway gateway = Gateway.to(1);
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings().frame(RawHttp2.HEADERS, 5, 1, block.toByteArray()).send();
      Await.until(
          "refused",
          () ->
              gateway.metrics.security.contains("h2-protocol-error:goaway")
                  || gateway.metrics.security.contains("header-too-large:reject"));
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }
}
