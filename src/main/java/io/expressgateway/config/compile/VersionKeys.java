package io.expressgateway.config.compile;

import io.expressgateway.config.Problems;
import io.expressgateway.route.VersionSettings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Spring Cloud Gateway's {@code version.*} keys as the route table takes them. */
public final class VersionKeys {

  private static final String PREFIX = "spring.cloud.gateway.server.webflux.version.";

  private VersionKeys() {}

  /** The settings; none, with a problem reported, when they contradict each other. */
  public static VersionSettings compile(Map<String, String> keys, Problems problems) {
    try {
      return new VersionSettings(
          keys.get("header-name"),
          keys.get("request-param-name"),
          keys.get("media-type"),
          keys.get("media-type-param-name"),
          pathSegment(keys),
          keys.get("default-version"),
          Boolean.parseBoolean(keys.getOrDefault("required", "false")),
          list(keys.get("supported-versions")),
          Boolean.parseBoolean(keys.getOrDefault("detect-supported-versions", "true")));
    } catch (IllegalArgumentException e) {
      problems.refuse(PREFIX + "*", "", String.valueOf(e.getMessage()), "mend the key it names");
      return VersionSettings.NONE;
    }
  }

  private static @Nullable Integer pathSegment(Map<String, String> keys) {
    String text = keys.get("path-segment");
    try {
      return text == null ? null : Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("version.path-segment '" + text + "' is no number", e);
    }
  }

  private static List<String> list(@Nullable String commaSeparated) {
    return commaSeparated == null || commaSeparated.isBlank()
        ? List.of()
        : java.util.Arrays.stream(commaSeparated.split(",")).map(String::strip).toList();
  }
}
