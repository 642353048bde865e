package io.expressgateway.xdp;

import io.expressgateway.xdp.kernel.BpfMap;
import io.expressgateway.xdp.kernel.KernelException;
import io.expressgateway.xdp.kernel.RingBuffer;
import io.expressgateway.xdp.layout.EventRecord;

/** Hands sampled packets on, on a thread of its own. */
final class EventReader implements AutoCloseable {

  private static final int WAIT_MILLIS = 200;

  private final RingBuffer ring;
  private final XdpListener listener;
  private final Thread thread;
  private volatile boolean closed;

  EventReader(BpfMap events, XdpListener listener) {
    this.ring = new RingBuffer(events);
    this.listener = listener;
    this.thread = Thread.ofPlatform().daemon().name("xdp-events").start(this::run);
  }

  private void run() {
    try {
      while (!closed) {
        ring.read(WAIT_MILLIS, record -> listener.onEvent(EventRecord.decode(record)));
      }
    } catch (KernelException failure) {
      listener.onFailure("read sampled packets", failure);
    } finally {
      ring.close();
    }
  }

  /** Ends the thread within a second; blocks until it has. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
