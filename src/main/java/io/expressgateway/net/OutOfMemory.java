package io.expressgateway.net;

import org.jspecify.annotations.Nullable;

/**
 * Ends the process when memory has run out: half of a gateway is worse than none, because what
 * failed to be allocated is unknown. Exit code 3, the same as {@code -XX:+ExitOnOutOfMemoryError}
 * gives where the flags of {@code config/jvm.options} are used; this is for plain {@code java
 * -jar}, and for event loops, which swallow errors of their handlers.
 */
public final class OutOfMemory {

  /** The exit code that says so. */
  public static final int EXIT_CODE = 3;

  private static final int DEEPEST_CAUSE = 16;

  private OutOfMemory() {}

  /**
   * Halts the process when {@code failure}, or what caused it, is an {@link OutOfMemoryError}; does
   * nothing otherwise. Any thread. Allocates nothing before it halts.
   */
  public static void haltOn(@Nullable Throwable failure) {
    if (isCauseOf(failure)) {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }

  /** Whether {@code failure} or one of its causes is an {@link OutOfMemoryError}. */
  public static boolean isCauseOf(@Nullable Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
      if (cause instanceof OutOfMemoryError) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  /** Every thread that dies of it takes the process along; other failures are handled as before. */
  public static void watchAllThreads() {
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
      haltOn(failure);
      if (before != null) {
        before.uncaughtException(thread, failure);
      } else {
        System.err.println("thread " + thread.getName() + " died: " + failure);
      }
    });
  }
}
