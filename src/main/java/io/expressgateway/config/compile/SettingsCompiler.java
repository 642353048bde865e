package io.expressgateway.config.compile;

import io.expressgateway.config.Problems;
import io.expressgateway.config.ProcessSettings;
import io.expressgateway.config.properties.AdminProperties;
import io.expressgateway.config.properties.ExpressGatewayProperties;
import io.expressgateway.config.spring.GatewayEnvironment;
import io.expressgateway.config.spring.SpringValues;
import io.expressgateway.config.spring.WrittenKeys;
import io.expressgateway.net.IpLiteral;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Everything that is no fact of the snapshot. Confined to the thread that compiles. */
public final class SettingsCompiler {

  private static final String GATEWAY = "spring.cloud.gateway.server.webflux.";

  private final SpringValues values;
  private final WrittenKeys written;
  private final Problems problems;

  /** Reads Spring's own keys from {@code values} and {@code written}. */
  public SettingsCompiler(SpringValues values, WrittenKeys written, Problems problems) {
    this.values = values;
    this.written = written;
    this.problems = problems;
  }

  /** The settings; a component that has a problem holds its default. */
  public ProcessSettings compile(ExpressGatewayProperties properties) {
    String address =
        values.text("management.server.address").orElse(GatewayEnvironment.DEFAULT_ADDRESS);
    String token = token(properties.admin());
    checkReach(address, token, properties.admin());
    return new ProcessSettings(
        properties.eventLoops(),
        properties.transport(),
        properties.metrics().labelBudget(),
        address,
        values.number("management.server.port", 0, 65_535).orElse(GatewayEnvironment.DEFAULT_PORT),
        token,
        properties.admin().allowNonLoopback(),
        values.flag(GATEWAY + "fail-on-route-definition-error", true),
        below(GATEWAY + "version"),
        below(GATEWAY + "filter.secure-headers"),
        values.text(GATEWAY + "set-status.original-status-header-name").orElse(null));
  }

  private @Nullable String token(AdminProperties admin) {
    String hash = admin.tokenSha256();
    if (hash == null || hash.matches("[0-9a-fA-F]{64}")) {
      return hash == null ? null : hash.toLowerCase(Locale.ROOT);
    }
    problems.refuse(
        "expressgateway.admin.token-sha256",
        hash,
        "is no SHA-256",
        "write the 64 hexadecimal digits that sha256sum prints for the token");
    return null;
  }

  private void checkReach(String address, @Nullable String token, AdminProperties admin) {
    if (token == null && !admin.allowNonLoopback() && !isLoopback(address)) {
      problems.refuse(
          "management.server.address",
          address,
          "lets others than this machine manage the gateway without a token",
          "set expressgateway.admin.token-sha256, or expressgateway.admin.allow-non-loopback: true");
    }
  }

  /** Never resolves a name: who answers may differ later. */
  static boolean isLoopback(String address) {
    byte @Nullable [] literal = IpLiteral.parse(address);
    if (literal == null) {
      return address.equalsIgnoreCase("localhost");
    }
    return IpLiteral.address(literal).isLoopbackAddress();
  }

  /** Keys below a prefix, without it; the elements of a list joined by commas. */
  private Map<String, String> below(String prefix) {
    Map<String, String> keys = new TreeMap<>();
    written
        .below(prefix)
        .forEach(entry -> {
          String key = entry.key().substring(prefix.length() + 1);
          int index = key.indexOf('[');
          if (!entry.value().isBlank()) {
            keys.merge(
                index < 0 ? key : key.substring(0, index),
                entry.value().strip(),
                (first, next) -> index < 0 ? first : first + "," + next);
          }
        });
    return keys;
  }
}
