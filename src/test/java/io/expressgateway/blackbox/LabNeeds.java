package io.expressgateway.blackbox;

import io.expressgateway.testing.Capabilities;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What tests in a {@link NetworkLab} need from the machine. */
final class LabNeeds {

  private static final List<String> PLACES = List.of("/usr/sbin/", "/sbin/", "/usr/bin/", "/bin/");

  private LabNeeds() {}

  static void present() {
    Needs.present(Capabilities.sufficeForKernelTests(), "CAP_BPF, CAP_NET_ADMIN and CAP_SYS_ADMIN");
    Needs.present(Files.exists(Path.of("/sys/kernel/btf/vmlinux")), "a kernel with BPF and BTF");
    Needs.present(Files.exists(Path.of("/proc/self/ns/net")), "network namespaces");
    for (String program :
        List.of("ip", "ethtool", "sysctl", "bpftool", "nginx", "curl", "iperf3", "python3")) {
      Needs.present(isThere(program), program);
    }
  }

  private static boolean isThere(String program) {
    return PLACES.stream().anyMatch(place -> Files.isExecutable(Path.of(place + program)));
  }
}
