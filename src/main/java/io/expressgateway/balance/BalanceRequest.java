package io.expressgateway.balance;

import org.jspecify.annotations.Nullable;

/**
 * What a balancer may ask about the request it picks for.
 *
 * @param <T> what is picked
 */
public interface BalanceRequest<T> {

  /** 64-bit hash of what identifies the client or the content; need not be well mixed. */
  long hash();

  /** The affinity token that the client brought; null when it brought none. */
  @Nullable String affinity();

  /** Whether an earlier try used this target. */
  boolean isTried(T target);
}
