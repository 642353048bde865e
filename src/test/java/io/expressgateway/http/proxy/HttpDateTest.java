package io.expressgateway.http.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;

class HttpDateTest {

  @Test
  void standsAtASecondBetweenThatBeforeAndThatAfter() {
    HttpDate date = new HttpDate();
    long before = Instant.now().getEpochSecond();
    date.tick();
    long after = Instant.now().getEpochSecond();
    assertThat(
            ZonedDateTime.parse(date.text(), DateTimeFormatter.RFC_1123_DATE_TIME).toEpochSecond())
        .isBetween(before, after);
  }

  @Test
  void hasTheFixedLengthForm() {
    // IMF-fixdate, RFC 9110 section 5.6.7: the day has two digits.
    assertThat(new HttpDate().text())
        .matches(
            "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT");
  }

  @Test
  void theLineIsTheTextAsAField() {
    HttpDate date = new HttpDate();
    assertThat(new String(date.line(), ISO_8859_1)).isEqualTo("Date: " + date.text() + "\r\n");
  }
}
