package io.expressgateway.config.bind;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.config.properties.ExpressGatewayProperties;
import io.expressgateway.config.spring.KeyTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BoundKeysTest {

  private static final Path GUIDE = Path.of("docs/guide/configuration.md");

  @Test
  void everyKeyAndDefaultIsListed() throws IOException {
    String listed =
        BoundKeys.of("expressgateway", ExpressGatewayProperties.class).entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining("\n"));

    assertThat(listed)
        .isEqualTo(
            Files.readString(Path.of("src/test/resources/config/keys-and-defaults.txt")).strip());
  }

  @Test
  void everyKeyAndDefaultHasItsRowInTheGuide() throws IOException {
    String guide = Files.readString(GUIDE);

    BoundKeys.of("expressgateway", ExpressGatewayProperties.class)
        .forEach((key, standard) ->
            assertThat(guide)
                .contains(
                    "| `" + key + "` | " + (standard.isEmpty() ? "" : "`" + standard + "` ")));
  }

  @Test
  void everyKeyOfSpringsHasItsRowInTheGuide() throws IOException {
    String guide = Files.readString(GUIDE);

    KeyTable.RULES.forEach(rule ->
        assertThat(guide)
            .contains(
                "| `"
                    + rule.pattern()
                    + "` | "
                    + rule.treatment().name().toLowerCase(java.util.Locale.ROOT)
                    + " | "
                    + rule.why()));
  }
}
