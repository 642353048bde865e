package io.expressgateway.health;

/**
 * When live traffic ejects an endpoint.
 *
 * @param enabled whether failures are watched at all
 * @param observeOnly report what would be ejected, eject nothing
 * @param consecutiveFailures in a row to be ejected
 * @param baseNanos of the first ejection
 * @param maxEjectedPercent never more of the cluster than this, but always at least one unless 0
 */
public record OutlierPolicy(
    boolean enabled,
    boolean observeOnly,
    int consecutiveFailures,
    long baseNanos,
    int maxEjectedPercent) {

  /** Whether one more of {@code total} endpoints may be ejected beside those that are. */
  public boolean allowsAnother(int ejected, int total) {
    return maxEjectedPercent > 0
        && (ejected == 0 || (ejected + 1) * 100L <= (long) maxEjectedPercent * total);
  }
}
