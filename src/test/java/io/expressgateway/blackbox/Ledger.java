package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The last line of a process. */
record Ledger(long accepted, long completed, long refused, long aborted) {

  private static final Pattern LINE =
      Pattern.compile("ledger accepted=(\\d+) completed=(\\d+) refused=(\\d+) aborted=(\\d+)");

  /** Reads it; anything else fails the test. */
  static Ledger of(GatewayJar.Ended ended) {
    Matcher line = LINE.matcher(ended.lastLine());
    assertThat(line.matches()).as("last line of %s", ended.out()).isTrue();
    return new Ledger(number(line, 1), number(line, 2), number(line, 3), number(line, 4));
  }

  private static long number(Matcher line, int group) {
    return Long.parseLong(line.group(group));
  }

  boolean isBalanced() {
    return accepted == completed + refused + aborted;
  }
}
