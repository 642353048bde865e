package io.expressgateway.filter;

import io.expressgateway.message.HeaderBlock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * {@code SecureHeaders}: adds the response headers that tell a browser to be careful, each unless
 * the endpoint set it. The route's {@code enable} and {@code disable} replace the global lists; its
 * values come before the global ones.
 */
final class SecureHeaders implements HttpFilter {

  private static final String PERMISSIONS_POLICY = "Permissions-Policy";

  private final Map<String, String> headers = new LinkedHashMap<>();

  SecureHeaders(Arguments arguments, SecureHeadersSettings global) {
    headers.put(
        "X-Xss-Protection",
        value(arguments, "xssProtectionHeaderValue", global.xssProtectionHeader()));
    headers.put(
        "Strict-Transport-Security",
        value(arguments, "strictTransportSecurityHeaderValue", global.strictTransportSecurity()));
    headers.put(
        "X-Frame-Options", value(arguments, "frameOptionsHeaderValue", global.frameOptions()));
    headers.put(
        "X-Content-Type-Options",
        value(arguments, "contentTypeOptionsHeaderValue", global.contentTypeOptions()));
    headers.put(
        "Referrer-Policy", value(arguments, "referrerPolicyHeaderValue", global.referrerPolicy()));
    headers.put(
        "Content-Security-Policy",
        value(arguments, "contentSecurityPolicyHeaderValue", global.contentSecurityPolicy()));
    headers.put(
        "X-Download-Options",
        value(arguments, "downloadOptionsHeaderValue", global.downloadOptions()));
    headers.put(
        "X-Permitted-Cross-Domain-Policies",
        value(
            arguments,
            "permittedCrossDomainPoliciesHeaderValue",
            global.permittedCrossDomainPolicies()));
    headers.put(PERMISSIONS_POLICY, permissionsPolicy(arguments, global.permissionsPolicy()));
    headers.keySet().retainAll(wanted(arguments, global));
  }

  private static String value(Arguments arguments, String name, String global) {
    @Nullable String own = arguments.optional(name);
    return own == null ? global : own;
  }

  private static String permissionsPolicy(Arguments arguments, String global) {
    return value(
        arguments, "permissionsPolicy", value(arguments, "permissionPolicyHeaderValue", global));
  }

  private Set<String> wanted(Arguments arguments, SecureHeadersSettings global) {
    @Nullable List<String> enable = arguments.list("enable");
    @Nullable List<String> disable = arguments.list("disable");
    boolean own =
        enable != null || disable != null || arguments.optional("permissionsPolicy") != null;
    Set<String> wanted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    wanted.addAll(headers.keySet());
    wanted.remove(PERMISSIONS_POLICY);
    wanted.addAll(own ? orEmpty(enable) : global.enable());
    for (String name : own ? orEmpty(disable) : global.disable()) {
      wanted.remove(name.toLowerCase(Locale.ROOT));
    }
    return wanted;
  }

  private static List<String> orEmpty(@Nullable List<String> names) {
    return names == null ? List.of() : names;
  }

  @Override
  public void onResponseHead(FilterExchange exchange) {
    HeaderBlock response = exchange.response().headers();
    headers.forEach((name, value) -> {
      if (!response.contains(name)) {
        response.add(name, value);
      }
    });
  }
}
