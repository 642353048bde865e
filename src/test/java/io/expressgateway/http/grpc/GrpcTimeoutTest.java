package io.expressgateway.http.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.message.HeaderBlock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcTimeoutTest {

  private static long read(String... values) {
    HeaderBlock headers = new HeaderBlock();
    for (String value : values) {
      headers.add("grpc-timeout", value);
    }
    return GrpcTimeout.read(headers);
  }

  @ParameterizedTest
  @CsvSource({
    "1n, 1",
    "0n, 0",
    "2u, 2000",
    "30m, 30000000",
    "00000030m, 30000000",
    "4S, 4000000000",
    "5M, 300000000000",
    "1H, 3600000000000",
    "99999999S, 99999999000000000",
  })
  void digitsAndAUnitAreATime(String text, long nanos) {
    assertThat(read(text)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1", "S", "1s", "1h", "100000000n", "-1S", "+1S", "1.5S", "1 S", "S1", "0x1S"})
  void anythingElseIsMalformed(String text) {
    assertThat(read(text)).isEqualTo(GrpcTimeout.MALFORMED);
  }

  @Test
  void twoOfThemAreMalformed() {
    assertThat(read("1S", "1S")).isEqualTo(GrpcTimeout.MALFORMED);
  }

  @Test
  void noneIsNone() {
    assertThat(read()).isEqualTo(GrpcTimeout.NONE);
  }

  @Test
  void moreThanAHundredYearsIsAHundredYears() {
    assertThat(read("99999999H")).isEqualTo(GrpcTimeout.LONGEST_NANOS);
  }

  @ParameterizedTest
  @CsvSource({
    "-5, 0n",
    "0, 0n",
    "99999999, 99999999n",
    "100000000, 100000u",
    "1999999999, 1999999u",
    "299999000000, 299999m",
    "99999999999999999, 99999999S",
    "3153600000000000000, 52560000M",
  })
  void isWrittenInTheFinestUnitThatEightDigitsCanSay(long nanos, String text) {
    assertThat(GrpcTimeout.text(nanos)).isEqualTo(text);
    assertThat(read(text)).isBetween(0L, Math.max(0, nanos));
  }
}
