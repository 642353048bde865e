package io.expressgateway.stream;

import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The pipes of one event loop. A transfer has one while it is moved, and keeps it only while its
 * receiver is behind: mostly one serves them all. Confined to the loop.
 */
final class Pipes {

  /** With more receivers behind than this at once, what comes for the others is copied. */
  private static final int MOST = 256;

  private static final int MOST_IDLE = 4;

  private final ArrayDeque<Pipe> idle = new ArrayDeque<>();
  private int open;

  /** An empty pipe, to be given back; null when there are too many. */
  @Nullable Pipe take() {
    Pipe pipe = idle.pollLast();
    if (pipe != null || open == MOST) {
      return pipe;
    }
    try {
      pipe = new Pipe();
      open++;
      return pipe;
    } catch (IOException tooManyFiles) {
      return null;
    }
  }

  /** Takes a pipe back; what it still holds is lost. */
  void giveBack(Pipe pipe) {
    if (pipe.waiting() == 0 && idle.size() < MOST_IDLE) {
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
