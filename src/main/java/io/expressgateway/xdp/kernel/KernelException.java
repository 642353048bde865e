package io.expressgateway.xdp.kernel;

import java.nio.charset.StandardCharsets;

/** The kernel or libbpf refused. Carries the error number and the end of what libbpf said. */
public final class KernelException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Of the log, in the message: the verifier's reason stands in its last lines. */
  private static final int SHOWN_LINES = 6;

  private final int errno;
  private final String log;

  private KernelException(String what, int errno, String log) {
    super(what + ": " + Errno.name(errno) + (log.isEmpty() ? "" : "; " + tail(log)));
    this.errno = errno;
    this.log = log;
  }

  /** Takes what libbpf has said on this thread. */
  static KernelException of(String what, long answer) {
    String log = new String(LibBpf.takeLog(), StandardCharsets.UTF_8).strip();
    return new KernelException(what, (int) -answer, log);
  }

  /**
   * The answer of a native method if it is no error.
   *
   * @throws KernelException naming {@code what} when it is
   */
  static int check(String what, int answer) {
    if (answer < 0) {
      throw of(what, answer);
    }
    return answer;
  }

  /** The error number, positive. */
  public int errno() {
    return errno;
  }

  /** What libbpf and the verifier said, at most the last 16 KiB; empty when nothing. */
  public String log() {
    return log;
  }

  private static String tail(String log) {
    String[] lines = log.split("\n");
    int from = Math.max(0, lines.length - SHOWN_LINES);
    return String.join(" | ", java.util.Arrays.copyOfRange(lines, from, lines.length));
  }
}
