package io.expressgateway.xdp.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MurmurTest {

  /** Values that other implementations publish for seed 0. */
  @Test
  void hashesAsPublished() {
    assertThat(Murmur.of(new byte[0])).isZero();
    assertThat(Murmur.of("test".getBytes(StandardCharsets.US_ASCII))).isEqualTo(0xba6bd213);
  }
}
