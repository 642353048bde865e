package io.expressgateway.stream;

import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;

/**
 * A pipe of the kernel that bytes of one direction pass through without being copied (splice(2)).
 * Confined to an event loop.
 */
final class Pipe {

  private static final long NO_OFFSET = -1;

  private final FileDescriptor out;
  private final FileDescriptor in;
  private int size = PipeSize.DEFAULT;
  private boolean isSized;
  private int waiting;
  private int filled;

  /**
   * Opens one.
   *
   * @throws IOException when the process or the system has too many files open
   */
  Pipe() throws IOException {
    FileDescriptor[] ends = FileDescriptor.pipe();
    out = ends[0];
    in = ends[1];
  }

  /** Makes the pipe larger, once it can be. */
  void grow() {
    if (!isSized && PipeSize.isReady()) {
      isSized = true;
      size = PipeSize.grow(in.intValue());
    }
  }

  /** Bytes that came in and did not go out. */
  int waiting() {
    return waiting;
  }

  /**
   * Fills the empty pipe from a socket that has something to read.
   *
   * @return bytes; 0 when there is nothing now, or nothing more at all
   * @throws IOException what reading the socket would throw; the socket forgets it
   */
  int fill(FileDescriptor socket) throws IOException {
    filled = Native.splice(socket.intValue(), NO_OFFSET, in.intValue(), NO_OFFSET, size);
    waiting = filled;
    return filled;
  }

  /**
   * Whether the last filling may have left something in the socket: a pipe has places for so many
   * pieces of a page at most, and those of small packets are a third of a page.
   */
  boolean wasFull() {
    return filled >= size / 4;
  }

  /**
   * Sends what waits, as far as the socket takes it.
   *
   * @return bytes
   * @throws IOException what writing to the socket would throw
   */
  int drain(FileDescriptor socket) throws IOException {
    int sent = Native.splice(out.intValue(), NO_OFFSET, socket.intValue(), NO_OFFSET, waiting);
    waiting -= sent;
    return sent;
  }

  void close() {
    for (FileDescriptor end : new FileDescriptor[] {in, out}) {
      try {
        end.close();
      } catch (IOException released) {
        // Linux frees the number whatever close(2) says.
      }
    }
  }
}
