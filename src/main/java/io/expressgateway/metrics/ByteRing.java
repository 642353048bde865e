package io.expressgateway.metrics;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Whole lines on their way from one event loop to one writer thread: a ring of bytes with one
 * producer and one consumer (Lamport, "Specifying Concurrent Program Modules", 1983). Head and tail
 * only grow; a place is its low bits. A line is visible as a whole or not at all, because the tail
 * moves behind its last byte.
 */
final class ByteRing {

  private static final VarHandle HEAD;
  private static final VarHandle TAIL;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      HEAD = lookup.findVarHandle(ByteRing.class, "head", long.class);
      TAIL = lookup.findVarHandle(ByteRing.class, "tail", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final byte[] bytes;
  private final int mask;

  /** Where the producer last saw the head: most lines need no look at the other thread's field. */
  private long headSeen;

  @SuppressWarnings("UnusedVariable") // through HEAD
  private long head;

  @SuppressWarnings("UnusedVariable") // through TAIL
  private long tail;

  /** A ring; the capacity is a power of two. */
  ByteRing(int capacity) {
    if (Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException(capacity + " is not a power of two");
    }
    this.bytes = new byte[capacity];
    this.mask = capacity - 1;
  }

  /** Adds a line; false, and nothing added, when it does not fit. The producer only. */
  boolean offer(byte[] line, int length) {
    long end = tail;
    if (end + length - headSeen > bytes.length) {
      headSeen = (long) HEAD.getAcquire(this);
      if (end + length - headSeen > bytes.length) {
        return false;
      }
    }
    int at = (int) end & mask;
    int first = Math.min(length, bytes.length - at);
    System.arraycopy(line, 0, bytes, at, first);
    System.arraycopy(line, first, bytes, 0, length - first);
    TAIL.setRelease(this, end + length);
    return true;
  }

  /** Writes out what is there; whether there was anything. The consumer only. */
  boolean drainTo(OutputStream out) throws IOException {
    long from = head;
    long to = (long) TAIL.getAcquire(this);
    if (from == to) {
      return false;
    }
    try {
      int at = (int) from & mask;
      int length = (int) (to - from);
      int first = Math.min(length, bytes.length - at);
      out.write(bytes, at, first);
      out.write(bytes, 0, length - first);
    } finally {
      // What could not be written is gone: a full disk must not stop the gateway.
      HEAD.setRelease(this, to);
    }
    return true;
  }
}
