package io.expressgateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class UriTemplateTest {

  @Test
  void fillsInEveryPlace() {
    UriTemplate template = UriTemplate.parse("/api/{segment}/x-{id:\\d+}{segment}");
    assertThat(template.variables()).containsExactly("segment", "id", "segment");
    assertThat(template.expand(Map.of("segment", "a", "id", "7"))).isEqualTo("/api/a/x-7a");
    assertThat(template).hasToString("/api/{segment}/x-{id:\\d+}{segment}");
  }

  @Test
  void leavesPlainTextAlone() {
    assertThat(UriTemplate.parse("/a/b").expand(Map.of())).isEqualTo("/a/b");
    assertThat(UriTemplate.parse("/a{b").expand(Map.of())).isEqualTo("/a{b");
  }

  @Test
  void namesTheVariableThatHasNoValue() {
    assertThatThrownBy(() -> UriTemplate.parse("/{a}").expand(Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("captured 'a' for '/{a}'");
  }
}
