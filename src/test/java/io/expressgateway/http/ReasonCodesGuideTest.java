package io.expressgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The guide and the decision about statuses say what the table of reasons says. */
class ReasonCodesGuideTest {

  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z-]+)` \\| (\\d{3}|-) \\| (\\w+) \\|", Pattern.MULTILINE);
  private static final Pattern FILTER_CODE = Pattern.compile("String WHY = \"([a-z-]+)\"");

  @Test
  void theGuideHasExactlyTheCodesThatThereAre() throws IOException {
    List<String> codes = new ArrayList<>(codesOfFilters());
    assertThat(codes).hasSize(3);
    for (Why why : Why.values()) {
      codes.add(why.code());
    }

    assertThat(rows("docs/guide/reason-codes.md").map(row -> row.group(1)).toList())
        .containsExactlyInAnyOrderElementsOf(codes);
  }

  @Test
  void everyRowHasTheStatusAndTheSideOfItsCode() throws IOException {
    List<String> filterCodes = codesOfFilters();

    assertThat(rows("docs/guide/reason-codes.md").toList())
        .filteredOn(row -> !filterCodes.contains(row.group(1)))
        .allSatisfy(row -> {
          Why why = Why.valueOf(row.group(1).toUpperCase(Locale.ROOT).replace('-', '_'));
          assertThat(row.group(2)).isEqualTo(why.status() == 0 ? "-" : "" + why.status());
          assertThat(row.group(3)).isEqualTo(why.side().name().toLowerCase(Locale.ROOT));
        });
  }

  @Test
  void theDecisionAboutGatewayErrorsNamesEachOfThem() throws IOException {
    String decision = Files.readString(Path.of("docs/decisions/0006-gateway-errors.md"));

    for (Why why : Why.values()) {
      if (why.status() >= 502 && why.status() <= 504) {
        assertThat(decision)
            .containsPattern("\\| " + why.status() + " \\|[^\\n]*`" + why.code() + "`");
      }
    }
  }

  private static Stream<java.util.regex.MatchResult> rows(String file) throws IOException {
    return ROW.matcher(Files.readString(Path.of(file))).results();
  }

  private static List<String> codesOfFilters() throws IOException {
    List<String> codes = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("src/main/java/io/expressgateway/filter"))) {
      for (Path file : files.toList()) {
        Matcher code = FILTER_CODE.matcher(Files.readString(file));
        while (code.find()) {
          codes.add(code.group(1));
        }
      }
    }
    return codes;
  }
}
