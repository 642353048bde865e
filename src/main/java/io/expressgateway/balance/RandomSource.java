package io.expressgateway.balance;

import java.util.concurrent.ThreadLocalRandom;

/** Where random numbers come from, so that a test can seed them. */
@FunctionalInterface
public interface RandomSource {

  /** The calling thread's own generator: no contention, not for secrets. */
  RandomSource SYSTEM = bound -> ThreadLocalRandom.current().nextLong(bound);

  /** A number from 0 to {@code bound} - 1, each equally likely; {@code bound} is at least 1. */
  long below(long bound);
}
