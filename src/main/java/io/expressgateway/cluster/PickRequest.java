package io.expressgateway.cluster;

import org.jspecify.annotations.Nullable;

/** What a balancer may ask about the request it picks for; answered lazily by the exchange. */
public interface PickRequest {

  /** 64-bit hash of what {@code hash-on} names. */
  long hash();

  /** The value of the affinity cookie; null when the client sent none. */
  @Nullable String affinity();

  /** Whether an earlier try of this exchange used the endpoint. */
  boolean isTried(Endpoint endpoint);
}
