package io.expressgateway.xdp;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A kernel's version as far as features depend on it. */
record KernelVersion(int major, int minor) {

  /** The oldest that has the helpers that the programs call. */
  static final KernelVersion OLDEST = new KernelVersion(5, 10);

  /** The first that gives programs packets of many buffers. */
  static final KernelVersion FRAGMENTS = new KernelVersion(5, 18);

  private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");

  /** That of this machine. */
  static KernelVersion current() {
    return parse(System.getProperty("os.version"));
  }

  /** Reads a release like {@code 6.1.0-52-amd64}; 0.0 when it is none. */
  static KernelVersion parse(String release) {
    Matcher matcher = RELEASE.matcher(release);
    return matcher.matches()
        ? new KernelVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)))
        : new KernelVersion(0, 0);
  }

  boolean isAtLeast(KernelVersion other) {
    return major > other.major || (major == other.major && minor >= other.minor);
  }

  /** {@code 6.1}. */
  @Override
  public String toString() {
    return major + "." + minor;
  }
}
