package io.expressgateway.stream;

import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pipes of one event loop. A transfer has one while it is moved, and keeps it only while its
 * receiver is behind: mostly one serves them all. Confined to the loop.
 */
final class Pipes {

  /** With more receivers behind than this at once, what comes for the others is copied. */
  private static final int MOST = 128;

  private static final int MOST_IDLE = 4;

  /** EPERM, EINVAL, ENOSYS and EOPNOTSUPP of Linux (asm-generic/errno.h). */
  private static final Set<Integer> NO_SPLICING = Set.of(1, 22, 38, 95);

  private final ArrayDeque<Pipe> idle = new ArrayDeque<>();
  private int open;
  private boolean isRefused;

  /** An empty pipe, to be given back; null when there are too many or none is of use. */
  @Nullable Pipe take() {
    Pipe pipe = idle.pollLast();
    if (pipe == null) {
      pipe = open == MOST || isRefused ? null : opened();
    }
    if (pipe != null) {
      pipe.grow();
    }
    return pipe;
  }

  private @Nullable Pipe opened() {
    PipeSize.prepare();
    try {
      Pipe pipe = new Pipe();
      open++;
      return pipe;
    } catch (IOException tooManyFiles) {
      return null;
    }
  }

  /**
   * Whether a failed splice says nothing of a connection but that there is no splicing here: a
   * sandbox forbids it or does not have it. No pipe is to be had from then on.
   */
  boolean isRefusal(IOException failed) {
    boolean isRefusal =
        failed instanceof Errors.NativeIoException known
            && NO_SPLICING.contains(-known.expectedErr());
    if (isRefusal) {
      isRefused = true;
      close();
    }
    return isRefusal;
  }

  /** Takes a pipe back; what it still holds is lost. */
  void giveBack(Pipe pipe) {
    if (pipe.waiting() == 0 && !isRefused && idle.size() < MOST_IDLE) {
      idle.addLast(pipe);
    } else {
      open--;
      pipe.close();
    }
  }

  /** Closes those that nobody has. */
  void close() {
    open -= idle.size();
    idle.forEach(Pipe::close);
    idle.clear();
  }
}
