package io.expressgateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class GlobTest {

  @Test
  void manyStarsAgainstAPathThatAlmostMatchesEndAtOnce() {
    Glob glob = Glob.compile("*a".repeat(40) + "b", Pattern.DOTALL);
    assertThat(glob.matches("a".repeat(60_000))).isFalse();
    assertThat(glob.matches("a".repeat(60_000) + "b")).isTrue();
  }

  @Test
  void aPathPatternOfManyStarsEndsAtOnce() {
    PathPattern pattern = PathPattern.parse("/x" + "*y".repeat(30) + "z");
    assertThat(pattern.matches("/x" + "y".repeat(8_000))).isFalse();
  }

  @Test
  void agreesWithTheRegularExpressionItStandsFor() {
    Random random = new Random(7);
    for (int i = 0; i < 200_000; i++) {
      String text = random(random, "ab?*A", 8);
      String value = random(random, "abAB", 10);
      int flags = Pattern.DOTALL | (i % 2 == 0 ? Pattern.CASE_INSENSITIVE : 0);
      String regex = text.replace("?", ".").replace("*", ".*");
      assertThat(Glob.compile(text, flags).matches(value))
          .as("%s against %s", text, value)
          .isEqualTo(Pattern.compile(regex, flags).matcher(value).matches());
    }
  }

  @Test
  void keepsVariables() {
    Glob glob = Glob.compile("{a}-{b:[0-9]+}", Pattern.DOTALL);
    Map<String, String> variables = new LinkedHashMap<>();
    assertThat(glob.matches("x-7")).isTrue();
    assertThat(glob.matches("x-y")).isFalse();
    glob.capture("x-7", variables);
    assertThat(variables).containsExactly(Map.entry("a", "x"), Map.entry("b", "7"));
  }

  private static String random(Random random, String alphabet, int max) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(max); n > 0; n--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
