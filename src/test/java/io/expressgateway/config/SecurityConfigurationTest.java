package io.expressgateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.limit.Rule;
import io.expressgateway.limit.Rules;
import org.junit.jupiter.api.Test;

/** What may be written under {@code expressgateway.security}. */
class SecurityConfigurationTest {

  private static final String MINIMAL =
      """
      expressgateway:
        listeners: [ { name: web, bind: "127.0.0.1:0" } ]
        clusters: [ { name: c } ]
        security:
      """;

  @Test
  void nothingIsTheDefaults() {
    assertThat(Fixture.accepted(Fixture.yaml(MINIMAL)).snapshot().security())
        .isEqualTo(Rules.DEFAULTS);
  }

  @Test
  void aRuleTakesAThresholdAndObserveOnly() {
    Rules rules =
        rules(
            """
                h2-ping-flood: { threshold: 7 }
                connection-caps: { observe-only: true }
                glitches: { threshold: 9, observe-only: true }
            """);
    assertThat(rules)
        .hasToString("Rules[connection-caps=0 observed;h2-ping-flood=7;glitches=9 observed;]");
    assertThat(rules.threshold(Rule.H2_RAPID_RESET)).isEqualTo(100);
  }

  @Test
  void anotherThresholdIsAnotherHash() {
    assertThat(hash("    h2-ping-flood: { threshold: 7 }"))
        .isNotEqualTo(hash("    h2-ping-flood: { threshold: 8 }"));
  }

  @Test
  void anUnknownRuleIsRefusedAndTheClosestNamed() {
    assertThat(Fixture.refused(Fixture.yaml(MINIMAL + "    h2-pink-flood: { threshold: 7 }")))
        .singleElement()
        .asString()
        .contains(
            "expressgateway.security.h2-pink-flood | {threshold} | unknown key",
            "expressgateway.security.h2-ping-flood");
  }

  @Test
  void anUnknownSettingOfARuleIsRefused() {
    assertThat(Fixture.refused(Fixture.yaml(MINIMAL + "    h2-ping-flood: { treshold: 7 }")))
        .singleElement()
        .asString()
        .contains("unknown key", "expressgateway.security.h2-ping-flood.threshold");
  }

  @Test
  void aMessageWithTwoReadingsIsNeverOnlyObserved() {
    assertThat(Fixture.refused(Fixture.yaml(MINIMAL + "    bad-framing: { observe-only: true }")))
        .containsExactly(
            "expressgateway.security.bad-framing.observe-only | true | a message with two"
                + " readings can never be let pass | remove the key");
  }

  @Test
  void aLimitThatHasItsOwnKeyTakesNoThreshold() {
    assertThat(Fixture.refused(Fixture.yaml(MINIMAL + "    header-timeout: { threshold: 5 }")))
        .containsExactly(
            "expressgateway.security.header-timeout.threshold | 5 | this rule does not count up"
                + " to a threshold | set expressgateway.listeners[].http.header-timeout instead");
  }

  @Test
  void aThresholdOfNothingIsRefused() {
    assertThat(Fixture.refused(Fixture.yaml(MINIMAL + "    glitches: { threshold: 0 }")))
        .singleElement()
        .asString()
        .contains("is out of range");
  }

  @Test
  void aValueInsteadOfRulesIsRefused() {
    assertThat(Fixture.refused(Fixture.yaml(MINIMAL.replace("security:", "security: strict"))))
        .singleElement()
        .asString()
        .contains("takes keys, not a value");
  }

  private static Rules rules(String text) {
    return Fixture.accepted(Fixture.yaml(MINIMAL + text)).snapshot().security();
  }

  private static String hash(String text) {
    return Fixture.accepted(Fixture.yaml(MINIMAL + text)).snapshot().hash();
  }
}
