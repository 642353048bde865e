package io.expressgateway.xdp.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.testing.Capabilities;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * What tests in the kernel need. Absent, they are skipped with the reason; where {@code
 * STRICT_TESTS=true} says that the machine has everything, they fail instead.
 */
final class KernelNeeds {

  private KernelNeeds() {}

  /** Goes on only with the capabilities and on a kernel with BTF, which has all else too. */
  static void present() {
    present(Capabilities.sufficeForKernelTests(), "CAP_BPF, CAP_NET_ADMIN and CAP_SYS_ADMIN");
    present(Files.exists(Path.of("/sys/kernel/btf/vmlinux")), "a kernel with BPF and BTF");
    present(
        KernelNeeds.class.getResource("/bpf/gateway.bpf.o") != null,
        "a build with the kernel's programs");
  }

  private static void present(boolean isThere, String what) {
    if (Boolean.parseBoolean(System.getenv("STRICT_TESTS"))) {
      assertThat(isThere).as("needs %s, and STRICT_TESTS is set", what).isTrue();
    }
    Assumptions.assumeTrue(isThere, () -> "needs " + what);
  }
}
