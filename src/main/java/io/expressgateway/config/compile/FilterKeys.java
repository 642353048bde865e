package io.expressgateway.config.compile;

import io.expressgateway.config.ProcessSettings;
import io.expressgateway.filter.FilterSettings;
import io.expressgateway.filter.SecureHeadersSettings;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Spring Cloud Gateway's global filter keys as the filters take them. */
public final class FilterKeys {

  private FilterKeys() {}

  /** The settings; what is not written has Spring Cloud Gateway's default. */
  public static FilterSettings compile(ProcessSettings settings) {
    Map<String, String> keys = settings.secureHeaders();
    SecureHeadersSettings defaults = SecureHeadersSettings.DEFAULTS;
    Set<String> enable = list(keys, "enable");
    enable.addAll(list(keys, "enabled-headers"));
    Set<String> disable = list(keys, "disable");
    disable.addAll(list(keys, "disabled-headers"));
    return new FilterSettings(
        new SecureHeadersSettings(
            keys.getOrDefault("xss-protection-header", defaults.xssProtectionHeader()),
            keys.getOrDefault("strict-transport-security", defaults.strictTransportSecurity()),
            keys.getOrDefault("frame-options", defaults.frameOptions()),
            keys.getOrDefault("content-type-options", defaults.contentTypeOptions()),
            keys.getOrDefault("referrer-policy", defaults.referrerPolicy()),
            keys.getOrDefault("content-security-policy", defaults.contentSecurityPolicy()),
            keys.getOrDefault("download-options", defaults.downloadOptions()),
            keys.getOrDefault(
                "permitted-cross-domain-policies", defaults.permittedCrossDomainPolicies()),
            keys.getOrDefault("permissions-policy", defaults.permissionsPolicy()),
            enable,
            disable),
        settings.originalStatusHeaderName());
  }

  private static Set<String> list(Map<String, String> keys, String key) {
    Set<String> names = new TreeSet<>();
    for (String name : keys.getOrDefault(key, "").split(",", -1)) {
      if (!name.isBlank()) {
        names.add(name.strip());
      }
    }
    return names;
  }
}
