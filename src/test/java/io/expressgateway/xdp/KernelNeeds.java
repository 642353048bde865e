package io.expressgateway.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * What tests of the packet path need from the machine: absent, a test is skipped with the reason;
 * where {@code STRICT_TESTS=true} says that the machine has everything, it fails instead.
 */
public final class KernelNeeds {

  private KernelNeeds() {}

  /** Goes on only where programs can be loaded. */
  public static void bpf() {
    List<String> missing = Privileges.current().missing();
    boolean isThere =
        System.getProperty("os.name").equals("Linux")
            && KernelVersion.current().isAtLeast(KernelVersion.OLDEST)
            && missing.isEmpty();
    if (Boolean.parseBoolean(System.getenv("STRICT_TESTS"))) {
      assertThat(isThere).as("needs %s, and STRICT_TESTS is set", missing).isTrue();
    }
    Assumptions.assumeTrue(isThere, () -> "needs Linux 5.10 and " + missing);
  }
}
