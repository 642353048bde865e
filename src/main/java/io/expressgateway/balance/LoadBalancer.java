package io.expressgateway.balance;

/**
 * An algorithm bound to one fixed, non-empty set of candidates. When the set or a weight changes a
 * new one is built; what must outlive that (positions, latencies, counters) lives in the targets
 * and in {@link BalancerContext}.
 *
 * @param <T> what is picked
 */
@FunctionalInterface
public interface LoadBalancer<T extends Target> {

  /**
   * The target for one try. Any thread, no lock, no allocation. A target that the request has tried
   * is avoided while another candidate exists; when all are tried the algorithm's own choice is
   * returned.
   */
  T pick(BalanceRequest<T> request);
}
