package io.expressgateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.AntPathMatcher;

class HostPatternTest {

  private static final String[] PATTERN_PARTS = {
    ".", ".", ".", "a", "b", "org", "*", "**", "{x}", "{y}", "?", "{z:[ab]+}", "a*", ":80", "*b"
  };
  private static final String[] HOST_PARTS = {
    ".", ".", ".", "a", "b", "A", "org", "ORG", ":80", "ab", "aab"
  };

  @ParameterizedTest
  @CsvSource({
    "example.org, EXAMPLE.org, true",
    "example.org, www.example.org, false",
    "example.org, example.org:8080, false",
    "example.org:*, example.org:8080, true",
    "**.example.org, example.org, true",
    "**.example.org, a.b.example.org, true",
    "**.example.org, badexample.org, false",
    "*.example.org, a.example.org, true",
    "*.example.org, a.b.example.org, false",
    "*.example.org, example.org, false",
  })
  void matchesAsTheReferenceSays(String pattern, String host, boolean matches) {
    assertThat(HostPattern.parse(pattern).matches(host)).isEqualTo(matches);
  }

  @Test
  void capturesLabels() {
    HostPattern pattern = HostPattern.parse("{sub}.{domain:exa.*}.org");
    Map<String, String> variables = new LinkedHashMap<>();
    assertThat(pattern.matches("www.x.org")).isFalse();
    HostPattern.parse("{sub}.example.org").capture("www.example.org", variables);
    assertThat(variables).isEqualTo(Map.of("sub", "www"));
    assertThat(HostPattern.parse("{sub}.example.org").hasVariables()).isTrue();
    assertThat(HostPattern.parse("**.example.org").hasVariables()).isFalse();
    assertThat(HostPattern.parse("**.example.org")).hasToString("**.example.org");
  }

  @Test
  void refusesMalformedExpressions() {
    assertThatThrownBy(() -> HostPattern.parse("{a:[}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("malformed regular expression");
    assertThatThrownBy(() -> HostPattern.parse("{a:(x)}")).hasMessageContaining("capturing group");
  }

  @Test
  void agreesWithSpringOnRandomPatternsAndHosts() {
    AntPathMatcher spring = new AntPathMatcher(".");
    spring.setCaseSensitive(false);
    spring.setCachePatterns(false);
    Random random = new Random(7);
    int matched = 0;
    for (int i = 0; i < 20_000; i++) {
      String text = join(random, PATTERN_PARTS, 7);
      HostPattern ours = HostPattern.parse(text);
      for (int j = 0; j < 15; j++) {
        String host = join(random, HOST_PARTS, 7);
        boolean expected = spring.match(text, host);
        assertThat(ours.matches(host)).as("%s on %s", text, host).isEqualTo(expected);
        if (expected) {
          matched++;
          Map<String, String> variables = new LinkedHashMap<>();
          ours.capture(host, variables);
          assertThat(variables.keySet())
              .as("variables of %s on %s", text, host)
              .isEqualTo(spring.extractUriTemplateVariables(text, host).keySet());
        }
      }
    }
    assertThat(matched).isGreaterThan(2_000);
  }

  private static String join(Random random, String[] parts, int most) {
    StringBuilder text = new StringBuilder(parts[3 + random.nextInt(parts.length - 3)]);
    for (int n = random.nextInt(most); n > 0; n--) {
      text.append(parts[random.nextInt(parts.length)]);
    }
    return text.toString();
  }
}
