package io.expressgateway.loop;

import io.netty.channel.unix.Errors;
import java.net.BindException;
import java.net.ConnectException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Failures to connect that say nothing of the other side: this machine or process lacks something.
 */
public final class OwnLack {

  /** EAGAIN, ENOMEM, ENFILE, EMFILE, EADDRNOTAVAIL and ENOBUFS of Linux (asm-generic/errno.h). */
  private static final Set<Integer> NUMBERS = Set.of(11, 12, 23, 24, 99, 105);

  /** How Netty tells the number that connect(2) failed with, which it gives to nobody. */
  private static final Pattern FAILED = Pattern.compile("failed with error\\(-(\\d+)\\)");

  private OwnLack() {}

  /**
   * Whether a connection failed for want of a port, a descriptor or memory here: connect(2) says
   * EAGAIN or EADDRNOTAVAIL when no local port is left. Any thread.
   */
  public static boolean is(@Nullable Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof Errors.NativeIoException known
          && NUMBERS.contains(-known.expectedErr())) {
        return true;
      }
      if (each instanceof BindException || (each instanceof ConnectException && isNamed(each))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isNamed(Throwable failure) {
    Matcher number = FAILED.matcher(String.valueOf(failure.getMessage()));
    return number.find() && NUMBERS.contains(Integer.parseInt(number.group(1)));
  }
}
