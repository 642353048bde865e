package io.expressgateway.metrics;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that writes one access log: empties the rings of all loops in batches, sleeps a few
 * milliseconds between two batches, and until it is woken when there was nothing for a second.
 */
final class LogWriter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

  /** Room per loop: at 300 bytes a line some 3000 lines, twenty batches at 30 000 a second. */
  static final int RING_BYTES = 1 << 20;

  private static final long BATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final int QUIET_BATCHES = 200;
  private static final int CLOSE_SECONDS = 5;

  private final String path;
  private final OutputStream out;
  private final Thread thread;
  private final List<ByteRing> rings = new CopyOnWriteArrayList<>();
  private final LongAdder dropped = new LongAdder();
  private volatile boolean asleep;
  private volatile boolean closing;
  private boolean isFailing;

  LogWriter(String path, OutputStream out) {
    this.path = path;
    this.out = out;
    this.thread = Thread.ofPlatform().daemon().name("access-log " + path).start(this::run);
  }

  /** A ring of its own for one loop. */
  ByteRing newRing() {
    ByteRing ring = new ByteRing(RING_BYTES);
    rings.add(ring);
    return ring;
  }

  /** Something was put into a ring. Any thread; a system call only when the writer sleeps. */
  void wake() {
    if (asleep) {
      asleep = false;
      LockSupport.unpark(thread);
    }
  }

  /** A line found no room. */
  void onDropped() {
    dropped.increment();
  }

  /** Lines that found no room since start. */
  long dropped() {
    return dropped.sum();
  }

  private void run() {
    int quiet = 0;
    while (!closing) {
      quiet = drain() ? 0 : quiet + 1;
      if (quiet < QUIET_BATCHES) {
        LockSupport.parkNanos(BATCH_NANOS);
      } else {
        asleep = true;
        // Once more: a line put in before the flag was seen would wait for the next one.
        if (!drain() && !closing) {
          LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        }
        asleep = false;
        quiet = 0;
      }
    }
    drain();
  }

  private boolean drain() {
    boolean any = false;
    for (ByteRing ring : rings) {
      any |= drain(ring);
    }
    return any;
  }

  private boolean drain(ByteRing ring) {
    try {
      boolean any = ring.drainTo(out);
      if (any) {
        out.flush();
        isFailing = false;
      }
      return any;
    } catch (IOException e) {
      if (!isFailing) {
        isFailing = true;
        LOG.error("access log {} cannot be written, lines are lost: {}", path, e.toString());
      }
      dropped.increment();
      return true;
    }
  }

  /** Writes what is left and closes a file; standard output stays open. */
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    try {
      thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
      out.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.debug("access log {} did not close: {}", path, e.toString());
    }
  }
}
