package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The field of RFC 9218: what counts, and what is ignored. */
class PriorityTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|3|false",
        "u=0|0|false",
        "u=7, i|7|true",
        "i,u=5|5|true",
        "i=?1|3|true",
        "u=1 , i=?0|1|false",
        "u=2;a=b, i;c|2|true",
        "x=\"u=1,i\", u=4|4|false",
        "u=8|3|false",
        "u=-1|3|false",
        "u=10|3|false",
        "u=3.0|3|false",
        "u=?1|3|false",
        "u|3|false",
        "i=1|3|false",
        "urgent=1, incremental|3|false",
        "U=1, I|3|false",
        "u=1, u=6|6|false",
        "=, ,,u=1|1|false",
        "\"u=1|3|false",
      })
  void saysThisMuch(String field, int urgency, boolean incremental) {
    assertThat(Priority.DEFAULT.with(field)).isEqualTo(new Priority(urgency, incremental));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"u=1|1|true", "i=?0|5|false", "x|5|true", "u=2,i=?0|2|false"})
  void changesNoMoreThanItSays(String field, int urgency, boolean incremental) {
    assertThat(new Priority(5, true).with(field)).isEqualTo(new Priority(urgency, incremental));
  }
}
