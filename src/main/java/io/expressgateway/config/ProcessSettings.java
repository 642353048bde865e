package io.expressgateway.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to the process or to route compilation rather than to the snapshot's facts.
 *
 * @param eventLoops how many; 0 for one per core
 * @param transport auto, epoll, io_uring or nio
 * @param labelBudget the most label combinations of metrics
 * @param managementAddress where the management server is bound, as written
 * @param managementPort its port; 0 for any free one
 * @param tokenSha256 SHA-256 of the admin token in lower-case hexadecimal; null for no token
 * @param allowNonLoopback whether management may listen beyond this machine without a token
 * @param failOnRouteDefinitionError whether one bad route refuses everything
 * @param version Spring Cloud Gateway's {@code version.*} keys without the prefix, as in {@code
 *     header-name}
 * @param secureHeaders its {@code filter.secure-headers.*} keys without the prefix, as in {@code
 *     frame-options}; lists are comma-separated
 * @param originalStatusHeaderName its {@code set-status.original-status-header-name}; null for none
 */
public record ProcessSettings(
    int eventLoops,
    String transport,
    int labelBudget,
    String managementAddress,
    int managementPort,
    @Nullable String tokenSha256,
    boolean allowNonLoopback,
    boolean failOnRouteDefinitionError,
    Map<String, String> version,
    Map<String, String> secureHeaders,
    @Nullable String originalStatusHeaderName) {

  /** Copies the maps. */
  public ProcessSettings {
    version = Map.copyOf(version);
    secureHeaders = Map.copyOf(secureHeaders);
  }

  /** Without the token, which is as good as a password to whoever can reverse it. */
  @Override
  public String toString() {
    return "ProcessSettings[management=" + managementAddress + ":" + managementPort + "]";
  }
}
