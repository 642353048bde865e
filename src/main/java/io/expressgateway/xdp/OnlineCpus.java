package io.expressgateway.xdp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The CPUs that packets may arrive on, which is not what this process may use of them. */
final class OnlineCpus {

  private static final Path ONLINE = Path.of("/sys/devices/system/cpu/online");

  private OnlineCpus() {}

  /** Each CPU's part of a rate, rounded up; 0 for 0. */
  static int share(int rate) {
    int cpus = count();
    return (int) (((long) rate + cpus - 1) / cpus);
  }

  private static int count() {
    try {
      return Math.max(1, count(Files.readString(ONLINE).strip()));
    } catch (IOException | NumberFormatException e) {
      return Runtime.getRuntime().availableProcessors();
    }
  }

  /** Reads a list like {@code 0-3,6}. */
  static int count(String list) {
    int count = 0;
    for (String range : list.split(",")) {
      int dash = range.indexOf('-');
      count +=
          dash < 0
              ? 1
              : Integer.parseInt(range.substring(dash + 1))
                  - Integer.parseInt(range.substring(0, dash))
                  + 1;
    }
    return count;
  }
}
