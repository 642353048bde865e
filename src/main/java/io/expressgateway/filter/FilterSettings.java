package io.expressgateway.filter;

import org.jspecify.annotations.Nullable;

/**
 * The global keys that some filters read.
 *
 * @param secureHeaders {@code spring.cloud.gateway.server.webflux.filter.secure-headers.*}
 * @param originalStatusHeaderName {@code
 *     spring.cloud.gateway.set-status.original-status-header-name}; null for no such header
 */
public record FilterSettings(
    SecureHeadersSettings secureHeaders, @Nullable String originalStatusHeaderName) {

  /** Spring Cloud Gateway's values. */
  public static final FilterSettings DEFAULTS =
      new FilterSettings(SecureHeadersSettings.DEFAULTS, null);
}
