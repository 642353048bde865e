package io.expressgateway.config.spring;

import io.expressgateway.config.Problems;
import io.expressgateway.snapshot.ListenerSpec.Forwarding;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Spring Cloud Gateway's keys about forwarding headers. Confined to the thread that compiles. */
public final class ForwardingSwitches {

  private static final String GATEWAY = "spring.cloud.gateway.server.webflux.";

  private final SpringValues values;
  private final Problems problems;

  /** Reads {@code values}, reporting to {@code problems}. */
  public ForwardingSwitches(SpringValues values, Problems problems) {
    this.values = values;
    this.problems = problems;
  }

  /** Which headers are written. */
  public Forwarding forwarding() {
    boolean x = values.flag(GATEWAY + "x-forwarded.enabled", true);
    return new Forwarding(
        x && x("for-enabled"),
        x("for-append"),
        x && x("proto-enabled"),
        x("proto-append"),
        x && x("host-enabled"),
        x("host-append"),
        x && x("port-enabled"),
        x("port-append"),
        x && x("prefix-enabled"),
        x("prefix-append"),
        values.flag(GATEWAY + "forwarded.enabled", true));
  }

  private boolean x(String name) {
    return values.flag(GATEWAY + "x-forwarded." + name, true);
  }

  /** The regular expression of {@code trusted-proxies}; empty for none. */
  public String trustedProxyPattern() {
    String key = GATEWAY + "trusted-proxies";
    String pattern = values.text(key).orElse("");
    try {
      Pattern.compile(pattern);
      return pattern;
    } catch (PatternSyntaxException malformed) {
      problems.refuse(
          key,
          pattern,
          "is no regular expression: " + malformed.getDescription(),
          "mend it, or set expressgateway.listeners[].trusted-proxies to networks");
      return "";
    }
  }
}
