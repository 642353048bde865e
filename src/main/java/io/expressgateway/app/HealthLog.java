package io.expressgateway.app;

import io.expressgateway.health.HealthListener;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log when an endpoint's health turns. */
final class HealthLog implements HealthListener {

  private static final Logger LOG = LoggerFactory.getLogger(HealthLog.class);

  @Override
  public void onUnhealthy(String cluster, String endpoint) {
    LOG.warn("endpoint {} of cluster {} fails its health checks", endpoint, cluster);
  }

  @Override
  public void onHealthy(String cluster, String endpoint) {
    LOG.info("endpoint {} of cluster {} passes its health checks", endpoint, cluster);
  }

  @Override
  public void onEjected(String cluster, String endpoint, Duration time) {
    LOG.warn("endpoint {} of cluster {} is ejected for {}", endpoint, cluster, time);
  }

  @Override
  public void onWouldEject(String cluster, String endpoint) {
    LOG.info("endpoint {} of cluster {} would be ejected (observe-only)", endpoint, cluster);
  }

  @Override
  public void onReadmitted(String cluster, String endpoint) {
    LOG.info("endpoint {} of cluster {} is readmitted", endpoint, cluster);
  }
}
