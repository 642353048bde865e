package io.expressgateway.loop;

import io.netty.channel.unix.Errors;
import java.net.BindException;
import java.net.ConnectException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What this machine or process lacks when a connection fails through no fault of the other side.
 */
public enum OwnLack {
  /**
   * No local port or address towards that destination, which connect(2) says with EAGAIN or
   * EADDRNOTAVAIL. Ports are counted for each destination: another one may be reached.
   */
  PORT,
  /** A descriptor or memory: ENOMEM, ENFILE, EMFILE or ENOBUFS. No other destination would do. */
  SOCKET;

  /** How Netty tells the number that connect(2) failed with, which it gives to nobody. */
  private static final Pattern FAILED = Pattern.compile("failed with error\\(-(\\d+)\\)");

  /** What a connection failed for the want of; null when it was not that. Any thread. */
  public static @Nullable OwnLack of(@Nullable Throwable failure) {
    OwnLack found = null;
    for (Throwable each = failure; each != null && found == null; each = each.getCause()) {
      found = ofOne(each);
    }
    return found;
  }

  private static @Nullable OwnLack ofOne(Throwable failure) {
    if (failure instanceof Errors.NativeIoException known) {
      return of(-known.expectedErr());
    }
    if (failure instanceof BindException) {
      return PORT;
    }
    if (failure instanceof ConnectException) {
      Matcher number = FAILED.matcher(String.valueOf(failure.getMessage()));
      return number.find() ? of(Integer.parseInt(number.group(1))) : null;
    }
    return null;
  }

  /** By the numbers of Linux (asm-generic/errno.h), in the order of the names above. */
  private static @Nullable OwnLack of(int number) {
    return switch (number) {
      case 11, 99 -> PORT;
      case 12, 23, 24, 105 -> SOCKET;
      default -> null;
    };
  }
}
