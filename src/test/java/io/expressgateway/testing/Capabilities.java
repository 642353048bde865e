package io.expressgateway.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process may do, beyond being called root: a container's root may do little. */
public final class Capabilities {

  private static final int NET_ADMIN = 12;
  private static final int SYS_ADMIN = 21;
  private static final int BPF = 39;

  private Capabilities() {}

  /** Whether it may make network namespaces and load programs into the kernel (capabilities(7)). */
  public static boolean sufficeForKernelTests() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("CapEff:")) {
          long effective = Long.parseUnsignedLong(line.substring(7).strip(), 16);
          long needed = 1L << NET_ADMIN | 1L << SYS_ADMIN | 1L << BPF;
          return (effective & needed) == needed;
        }
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }
}
