package io.expressgateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The guide says what the table of ends says. */
class FlowEndGuideTest {

  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z-]+)` \\| (refused|aborted) \\|", Pattern.MULTILINE);

  @Test
  void theGuideHasExactlyTheEndsThatThereAre() throws IOException {
    List<String> expected =
        Arrays.stream(FlowEnd.values())
            .filter(end -> end != FlowEnd.DONE)
            .map(end -> end.code() + " " + end.count().name().toLowerCase(Locale.ROOT))
            .toList();

    assertThat(
            ROW.matcher(Files.readString(Path.of("docs/guide/reason-codes.md")))
                .results()
                .map(row -> row.group(1) + " " + row.group(2)))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void codesAreUniqueAndSentencesAreThere() {
    assertThat(FlowEnd.values()).extracting(FlowEnd::code).doesNotHaveDuplicates();
    assertThat(FlowEnd.values()).extracting(FlowEnd::sentence).doesNotContain("");
  }
}
