package io.expressgateway.health;

import java.time.Duration;

/**
 * Told of every change of an endpoint's health, after it has taken effect. Called on the thread
 * that caused it, which may be an event loop: must not block or throw.
 */
public interface HealthListener {

  /** Ignores everything. */
  HealthListener NONE = new HealthListener() {};

  /** Live traffic ejected the endpoint for this long. */
  default void onEjected(String cluster, String endpoint, Duration duration) {}

  /** Live traffic would have ejected it, were ejection not observe-only. */
  default void onWouldEject(String cluster, String endpoint) {}

  /** It earned an ejection, but so many are ejected that no other may be. */
  default void onEjectionRefused(String cluster, String endpoint) {}

  /** Its ejection is over. */
  default void onReadmitted(String cluster, String endpoint) {}

  /** Active checks found it healthy. */
  default void onHealthy(String cluster, String endpoint) {}

  /** Active checks found it unhealthy. */
  default void onUnhealthy(String cluster, String endpoint) {}
}
