package io.expressgateway.cluster;

import io.expressgateway.balance.BalanceRequest;
import org.jspecify.annotations.Nullable;

/** What a balancer may ask about the request it picks for; answered lazily by the exchange. */
public interface PickRequest extends BalanceRequest<Endpoint> {

  /** 64-bit hash of what {@code hash-on} names. */
  @Override
  long hash();

  /** The value of the affinity cookie; null when the client sent none. */
  @Override
  @Nullable String affinity();

  /** Whether an earlier try of this exchange used the endpoint. */
  @Override
  boolean isTried(Endpoint endpoint);
}
