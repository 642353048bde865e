package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs from the machine. Absent, the test is skipped with this reason; where {@code
 * STRICT_TESTS=true} says that the machine has everything, it fails instead.
 */
final class Needs {

  private Needs() {}

  /** Goes on only when it is there. */
  static void present(boolean isThere, String what) {
    if (Boolean.parseBoolean(System.getenv("STRICT_TESTS"))) {
      assertThat(isThere).as("needs %s, and STRICT_TESTS is set", what).isTrue();
    }
    Assumptions.assumeTrue(isThere, () -> "needs " + what);
  }
}
