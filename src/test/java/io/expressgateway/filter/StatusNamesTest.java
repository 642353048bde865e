package io.expressgateway.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;

class StatusNamesTest {

  @Test
  void areSpringsConstants() {
    Map<String, Integer> theirs = new HashMap<>();
    for (HttpStatus status : HttpStatus.values()) {
      theirs.put(status.name(), status.value());
    }
    assertThat(StatusNames.all()).isEqualTo(theirs);
  }

  @Test
  void takesNumbersAndNamesInAnyCase() {
    assertThat(StatusNames.code("404")).isEqualTo(404);
    assertThat(StatusNames.code("not_Found")).isEqualTo(404);
    assertThat(StatusNames.code("nothing")).isEqualTo(-1);
  }

  @Test
  void seriesHoldsEachNamedCodeOnce() {
    assertThat(StatusNames.series(5))
        .containsExactlyInAnyOrder(500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 510, 511);
  }
}
