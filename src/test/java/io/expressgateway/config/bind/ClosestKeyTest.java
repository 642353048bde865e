package io.expressgateway.config.bind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClosestKeyTest {

  @Test
  void countsEdits() {
    assertThat(ClosestKey.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(ClosestKey.distance("", "abc")).isEqualTo(3);
    assertThat(ClosestKey.distance("same", "same")).isZero();
  }

  @Test
  void namesTheNearest() {
    assertThat(ClosestKey.to("lisners", List.of("clusters", "listeners"))).isEqualTo("listeners");
    assertThat(ClosestKey.to("x", List.of())).isNull();
  }
}
