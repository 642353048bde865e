package io.expressgateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPatternParser;

class PathPatternTest {

  private static final String[] PATTERN_PARTS = {
    "/",
    "/",
    "/",
    "a",
    "b",
    "ab",
    "?",
    "*",
    "**",
    "/**",
    "{x}",
    "{y}",
    "{z:[ab]+}",
    "{*rest}",
    "/*",
    "/{v}",
    "a*",
    "?b",
    "{w:a.*}",
    "-",
    "{",
    "}",
    "***",
    "/{k:\\d{1,2}}",
    "12",
    ".",
    "%61"
  };
  private static final String[] PATH_PARTS = {
    "/", "/", "/", "a", "b", "ab", "%61", "%2F", ";m=1", ";", "12", "7", "-", ".", "%C3%A4", "%0A",
    "A"
  };

  @ParameterizedTest
  @CsvSource({
    "/orders/**, /orders, true",
    "/orders/**, /orders/, true",
    "/orders/**, /orders/1/2, true",
    "/orders/**, /ordersx, false",
    "/orders, /orders/, false",
    "/a/*/c, /a/b/c, true",
    "/a/*/c, /a//c, false",
    "/a?, /ab, true",
    "/a?, /a, false",
    "/**/last, /x/y/last, true",
    "/**/last, /x/last/y, false",
    "/a%20b, /a%20b, false",
    "/a b, /a%20b, true",
    "/a/b, /%61/b;version=2, true",
    "/a/b, /a%2Fb, false",
    "/A, /a, false",
  })
  void matchesAsTheReferenceSays(String pattern, String path, boolean matches) {
    assertThat(PathPattern.parse(pattern).matches(path)).isEqualTo(matches);
  }

  @Test
  void capturesDecodedSegments() {
    PathPattern pattern = PathPattern.parse("/shop/{item}/{size:\\d+}/{*rest}");
    assertThat(pattern.match("/shop/caf%C3%A9;c=1/42/a/%62"))
        .isEqualTo(Map.of("item", "café", "size", "42", "rest", "/a/b"));
    assertThat(pattern.match("/shop/x/y/z")).isNull();
    assertThat(pattern.hasVariables()).isTrue();
    assertThat(pattern).hasToString("/shop/{item}/{size:\\d+}/{*rest}");
  }

  @Test
  void comparesMalformedEscapesAsTheyStand() {
    assertThat(PathPattern.parse("/a%zz").matches("/a%zz")).isTrue();
    assertThat(PathPattern.parse("/{x}").match("/%4")).isEqualTo(Map.of("x", "%4"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/{a",
        "/a}",
        "/{a}/{a}",
        "/a/**/b",
        "/{*a}/{*b}",
        "/x{*a}",
        "/{1a}",
        "/{a:}",
        "/{a:[}",
        "/{a:(x)}",
        "/{}",
        "/{a/b}",
        "/{a}-{a}",
        "/{a:(b)}c"
      })
  void refusesWhatCannotBeMeant(String pattern) {
    assertThatThrownBy(() -> PathPattern.parse(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(pattern.substring(1));
  }

  @Test
  void agreesWithSpringOnRandomPatternsAndPaths() {
    Random random = new Random(42);
    int compared = 0;
    int matched = 0;
    for (int i = 0; i < 30_000; i++) {
      String text = join(random, PATTERN_PARTS, 7);
      org.springframework.web.util.pattern.PathPattern spring;
      PathPattern ours;
      try {
        spring = new PathPatternParser().parse(text);
      } catch (RuntimeException e) {
        continue;
      }
      try {
        ours = PathPattern.parse(text);
      } catch (IllegalArgumentException e) {
        if (text.contains("{}")) {
          continue; // a variable without a name, which Spring takes beside other text
        }
        throw new AssertionError("refused, but Spring reads: " + text, e);
      }
      for (int j = 0; j < 20; j++) {
        String path = join(random, PATH_PARTS, 8);
        PathContainer container = PathContainer.parsePath(path);
        boolean expected = spring.matches(container);
        assertThat(ours.matches(path)).as("%s on %s", text, path).isEqualTo(expected);
        compared++;
        if (expected) {
          matched++;
          Map<String, String> variables;
          try {
            variables = spring.matchAndExtract(container).getUriVariables();
          } catch (ClassCastException | IndexOutOfBoundsException e) {
            continue; // Spring trips over an expression that matched where no segment is
          }
          assertThat(ours.match(path)).as("variables of %s on %s", text, path).isEqualTo(variables);
        }
      }
    }
    assertThat(compared).isGreaterThan(100_000);
    assertThat(matched).isGreaterThan(2_000);
  }

  private static String join(Random random, String[] parts, int most) {
    StringBuilder text = new StringBuilder(random.nextInt(10) == 0 ? "" : "/");
    for (int n = random.nextInt(most); n > 0; n--) {
      text.append(parts[random.nextInt(parts.length)]);
    }
    return text.toString();
  }
}
