package io.expressgateway.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderNameTest {

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OTHER")
  void isFoundInAnyCaseAndAnywhereInAnArray(HeaderName name) {
    assertThat(HeaderName.of(name.text())).isSameAs(name);
    assertThat(HeaderName.of(name.text().toUpperCase(Locale.ROOT))).isSameAs(name);
    assertThat(HeaderName.of(name.text().toLowerCase(Locale.ROOT))).isSameAs(name);
    byte[] line = ("##" + name.text() + ": x").getBytes(ISO_8859_1);
    assertThat(HeaderName.of(line, 2, name.text().length())).isSameAs(name);
    assertThat(name.bytes()).isEqualTo(name.text().getBytes(ISO_8859_1));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OTHER")
  void aNameThatDiffersByOneCharacterIsAnother(HeaderName name) {
    String text = name.text();
    assertThat(HeaderName.of(text + "x")).isSameAs(HeaderName.OTHER);
    assertThat(HeaderName.of(text.substring(0, text.length() - 1) + "_"))
        .isSameAs(HeaderName.OTHER);
    // '@' and '[' are what a careless case fold confuses with '`' and '{'.
    assertThat(HeaderName.of("[" + text.substring(1))).isSameAs(HeaderName.OTHER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "X", "X-Request-Id", "A-Name-That-Is-Longer-Than-All", "H\u00f6st"})
  void everythingElseIsOther(String name) {
    assertThat(HeaderName.of(name)).isSameAs(HeaderName.OTHER);
  }

  @Test
  void allFitIntoTheBitsOfALong() {
    assertThat(HeaderName.values()).hasSizeLessThanOrEqualTo(63);
    assertThat(HeaderName.OTHER.ordinal()).isZero();
  }
}
