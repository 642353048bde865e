package io.expressgateway.xdp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What this process may ask of the kernel (capabilities(7)): loading needs CAP_BPF, the verifier's
 * pointer arithmetic CAP_PERFMON, attaching CAP_NET_ADMIN. CAP_SYS_ADMIN stands for the first two.
 *
 * @param effective the bits of the effective set
 */
record Privileges(long effective) {

  private static final int NET_ADMIN = 12;
  private static final int SYS_ADMIN = 21;
  private static final int PERFMON = 38;
  private static final int BPF = 39;

  /** Those of this process. */
  static Privileges current() {
    try {
      return parse(Files.readString(Path.of("/proc/self/status")));
    } catch (IOException e) {
      // Not Linux, or a hidden /proc: nothing is known to be missing, so trying tells.
      return new Privileges(-1);
    }
  }

  /** Reads the line {@code CapEff:} of /proc/PID/status. */
  static Privileges parse(String status) {
    for (String line : status.split("\n")) {
      if (line.startsWith("CapEff:")) {
        return new Privileges(Long.parseUnsignedLong(line.substring(7).strip(), 16));
      }
    }
    return new Privileges(-1);
  }

  /** The capabilities that are missing, by name; empty when nothing is. */
  List<String> missing() {
    List<String> missing = new ArrayList<>();
    if (!has(BPF) && !has(SYS_ADMIN)) {
      missing.add("CAP_BPF");
    }
    if (!has(NET_ADMIN)) {
      missing.add("CAP_NET_ADMIN");
    }
    if (!has(PERFMON) && !has(SYS_ADMIN)) {
      missing.add("CAP_PERFMON");
    }
    return missing;
  }

  private boolean has(int capability) {
    return (effective >>> capability & 1) != 0;
  }
}
