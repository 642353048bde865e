package io.expressgateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RulesTest {

  @Test
  void whatIsNotSetHasItsDefaultAndIsEnforced() {
    for (Rule rule : Rule.values()) {
      assertThat(Rules.DEFAULTS.threshold(rule)).isEqualTo(rule.defaultThreshold());
      assertThat(Rules.DEFAULTS.isObserved(rule)).isFalse();
    }
  }

  @Test
  void equalRulesHaveEqualTextsAndOthersDiffer() {
    Rules changed = Rules.DEFAULTS.with(Rule.H2_PING_FLOOD, 7, true);
    assertThat(changed)
        .hasToString("Rules[h2-ping-flood=7 observed;]")
        .isEqualTo(new Rules(Map.of(Rule.H2_PING_FLOOD, new Rules.Setting(7, true))))
        .hasSameHashCodeAs(new Rules(Map.of(Rule.H2_PING_FLOOD, new Rules.Setting(7, true))))
        .isNotEqualTo(Rules.DEFAULTS);
    assertThat(changed.threshold(Rule.H2_PING_FLOOD)).isEqualTo(7);
    assertThat(changed.isObserved(Rule.H2_PING_FLOOD)).isTrue();
    assertThat(changed.isObserved(Rule.H2_RAPID_RESET)).isFalse();
  }

  @Test
  void everyRuleHasAnotherName() {
    assertThat(Rule.values()).extracting(Rule::text).doesNotHaveDuplicates();
  }

  @Test
  void nothingWithTwoReadingsMayBeObserved() {
    for (Rule rule : Rule.values()) {
      boolean mayBeLetPass = rule.kind() == Rule.Kind.RATE || rule.kind() == Rule.Kind.LIMIT;
      assertThat(rule.neverObserved() == null).as(rule.text()).isEqualTo(mayBeLetPass);
    }
  }

  @Test
  void everyRateHasAThresholdAndAWindow() {
    for (Rule rule : Rule.values()) {
      if (rule.kind() == Rule.Kind.RATE) {
        assertThat(rule.hasThreshold()).as(rule.text()).isTrue();
        assertThat(rule.window()).as(rule.text()).isPositive();
      }
    }
  }

  /** A name that the code reports and this table does not have could not be configured. */
  @Test
  void everyNameThatTheDataPlaneReportsIsARule() throws IOException {
    Pattern reported =
        Pattern.compile("onSecurity\\((?:\\s*worker\\.index\\(\\),)?\\s*\"([a-z0-9-]+)\"");
    try (Stream<Path> files = Files.walk(Path.of("src/main/java/io/expressgateway/http"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Matcher names = reported.matcher(Files.readString(file));
        while (names.find()) {
          assertThat(Rule.values())
              .as(file.toString())
              .extracting(Rule::text)
              .contains(names.group(1));
        }
      }
    }
  }

  @Test
  void theGuideHasEveryRuleWithItsLimitAndWhetherItMayBeObserved() throws IOException {
    String guide = Files.readString(Path.of("docs/guide/security.md"));
    for (Rule rule : Rule.values()) {
      assertThat(guide)
          .contains(
              "| `%s` | %s | %s | "
                  .formatted(
                      rule.text(), limit(rule), rule.neverObserved() == null ? "yes" : "no"));
    }
  }

  private static String limit(Rule rule) {
    if (rule.hasThreshold()) {
      String unit = rule == Rule.HELD_BYTES ? "percent of memory" : "per header block";
      String window = rule.window().isZero() ? unit : "per " + rule.window().toSeconds() + " s";
      return rule.defaultThreshold() + " " + window;
    }
    return rule.limitKey().isEmpty() ? "any" : "`" + rule.limitKey() + "`";
  }
}
