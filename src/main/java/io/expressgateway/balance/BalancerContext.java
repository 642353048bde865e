package io.expressgateway.balance;

import io.expressgateway.net.Ticker;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What balancers share with those that follow them when the set of candidates changes.
 *
 * @param ticker for ageing latencies
 * @param random for drawing
 * @param turn how many turns have been taken; going on where the last one stood keeps a flapping
 *     endpoint from sending every rotation back to the first
 */
public record BalancerContext(Ticker ticker, RandomSource random, AtomicInteger turn) {

  /** With a rotation that begins at the first target. */
  public BalancerContext(Ticker ticker, RandomSource random) {
    this(ticker, random, new AtomicInteger());
  }
}
