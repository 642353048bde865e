package io.expressgateway.filter;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What {@code spring.cloud.gateway.server.webflux.filter.secure-headers.*} says for every
 * SecureHeaders filter.
 *
 * @param xssProtectionHeader the value of X-Xss-Protection
 * @param strictTransportSecurity the value of Strict-Transport-Security
 * @param frameOptions the value of X-Frame-Options
 * @param contentTypeOptions the value of X-Content-Type-Options
 * @param referrerPolicy the value of Referrer-Policy
 * @param contentSecurityPolicy the value of Content-Security-Policy
 * @param downloadOptions the value of X-Download-Options
 * @param permittedCrossDomainPolicies the value of X-Permitted-Cross-Domain-Policies
 * @param permissionsPolicy the value of Permissions-Policy, which is off unless enabled
 * @param enable names of headers to add beside the default eight, in any case
 * @param disable names of headers not to add, in any case
 */
public record SecureHeadersSettings(
    String xssProtectionHeader,
    String strictTransportSecurity,
    String frameOptions,
    String contentTypeOptions,
    String referrerPolicy,
    String contentSecurityPolicy,
    String downloadOptions,
    String permittedCrossDomainPolicies,
    String permissionsPolicy,
    Set<String> enable,
    Set<String> disable) {

  /** Spring Cloud Gateway's values. */
  public static final SecureHeadersSettings DEFAULTS =
      new SecureHeadersSettings(
          "1 ; mode=block",
          "max-age=631138519",
          "DENY",
          "nosniff",
          "no-referrer",
          "default-src 'self' https:; font-src 'self' https: data:; img-src 'self' https: data:; "
              + "object-src 'none'; script-src https:; style-src 'self' https: 'unsafe-inline'",
          "noopen",
          "none",
          "accelerometer=(), ambient-light-sensor=(), autoplay=(), battery=(), camera=(), "
              + "cross-origin-isolated=(), display-capture=(), document-domain=(), "
              + "encrypted-media=(), execution-while-not-rendered=(), "
              + "execution-while-out-of-viewport=(), fullscreen=(), geolocation=(), gyroscope=(), "
              + "keyboard-map=(), magnetometer=(), microphone=(), midi=(), navigation-override=(), "
              + "payment=(), picture-in-picture=(), publickey-credentials-get=(), "
              + "screen-wake-lock=(), sync-xhr=(), usb=(), web-share=(), xr-spatial-tracking=()",
          Set.of(),
          Set.of());

  /** Keeps the names in lower case. */
  public SecureHeadersSettings {
    enable = lower(enable);
    disable = lower(disable);
  }

  private static Set<String> lower(Set<String> names) {
    return names.stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
