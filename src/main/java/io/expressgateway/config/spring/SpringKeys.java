package io.expressgateway.config.spring;

import io.expressgateway.config.Problems;
import io.expressgateway.config.bind.ClosestKey;
import io.expressgateway.config.spring.KeyRule.Treatment;
import io.expressgateway.config.spring.WrittenKeys.Entry;
import java.util.List;
import java.util.Optional;

/**
 * Judges every key of Spring Boot's and Spring Cloud Gateway's by {@link KeyTable}: refused with a
 * reason, warned of, or accepted. Confined to the thread that compiles.
 */
public final class SpringKeys {

  private static final List<String> PREFIXES =
      List.of("spring.cloud.gateway", "server", "spring.webflux", "management.server");

  private static final String WEBSOCKET_FRAMES =
      "spring.cloud.gateway.server.webflux.httpclient.websocket.max-frame-payload-length";

  private final WrittenKeys written;
  private final Problems problems;

  /** Judges {@code written}, reporting to {@code problems}. */
  public SpringKeys(WrittenKeys written, Problems problems) {
    this.written = written;
    this.problems = problems;
  }

  /**
   * Judges them all.
   *
   * @param hasListeners whether listeners are configured, so that {@code server.port} makes none
   */
  public void judge(boolean hasListeners) {
    for (String prefix : PREFIXES) {
      for (Entry entry : written.below(prefix)) {
        judge(entry);
      }
    }
    if (hasListeners) {
      refuseUnusedSsl();
      written
          .value(WEBSOCKET_FRAMES)
          .ifPresent(value ->
              problems.warn(
                  WEBSOCKET_FRAMES,
                  value,
                  "has no effect beside expressgateway.listeners",
                  "set http.websocket.max-frame-size of a listener"));
      for (String key : List.of("server.port", "server.address", "server.http2.enabled")) {
        written
            .value(key)
            .ifPresent(value ->
                problems.warn(
                    key,
                    value,
                    "has no effect beside expressgateway.listeners",
                    "set bind of a listener, or management.server.port"));
      }
    }
  }

  /** Who wrote this wants TLS, and would get none. */
  private void refuseUnusedSsl() {
    for (Entry entry : written.below("server.ssl")) {
      if (!entry.value().isBlank() && !isOff(entry)) {
        problems.refuse(
            entry.key(),
            entry.value(),
            "write listeners of protocol https under expressgateway.listeners",
            "remove the key");
      }
    }
  }

  private boolean isOff(Entry entry) {
    return entry.key().startsWith("server.ssl.")
        && written.value("server.ssl.enabled").filter("false"::equals).isPresent();
  }

  private void judge(Entry entry) {
    if (LegacyGatewayPrefix.isOld(entry.key())) {
      if (KeyTable.rule(entry.key()).isEmpty()) {
        warnOfOldPrefix(entry);
        return;
      }
    }
    Optional<KeyRule> rule = KeyTable.rule(entry.key());
    if (rule.isEmpty()) {
      warnOfUnknownKey(entry);
    } else if (isLoud(rule.get(), entry)) {
      report(rule.get(), entry);
    }
  }

  private void warnOfOldPrefix(Entry entry) {
    String top = topKey(entry.key());
    problems.warn(
        top,
        "",
        "is the older name of the key",
        "rename it to " + LegacyGatewayPrefix.renamed(top));
  }

  /** One warning for all routes, not one for each of their keys. */
  private static String topKey(String key) {
    String rest = key.substring(LegacyGatewayPrefix.OLD.length() + 1);
    int end = 0;
    while (end < rest.length() && ".[".indexOf(rest.charAt(end)) < 0) {
      end++;
    }
    return LegacyGatewayPrefix.OLD + "." + rest.substring(0, end);
  }

  /** Spring ignores a key that it does not know, so it cannot stop a file that ran there. */
  private void warnOfUnknownKey(Entry entry) {
    if (entry.ambient()) {
      return;
    }
    List<String> known =
        KeyTable.RULES.stream().map(rule -> rule.pattern().replace(".*", "")).toList();
    problems.warn(
        entry.key(),
        entry.value(),
        "unknown key, ignored as Spring does",
        "the closest known key is " + ClosestKey.to(entry.key(), known));
  }

  private boolean isLoud(KeyRule rule, Entry entry) {
    return !entry.value().isBlank() && !rule.except().contains(entry.value()) && !isOff(entry);
  }

  private void report(KeyRule rule, Entry entry) {
    if (rule.treatment() == Treatment.REFUSED) {
      String remedy =
          rule.except().isEmpty()
              ? "remove the key"
              : "remove the key, or write " + String.join(" or ", rule.except());
      problems.refuse(entry.key(), entry.value(), rule.why(), remedy);
    } else if (rule.treatment() == Treatment.WARNED) {
      problems.warn(entry.key(), entry.value(), rule.why(), "remove the key");
    }
  }
}
