package io.expressgateway.xdp.neighbour;

import io.expressgateway.xdp.kernel.Errno;
import io.expressgateway.xdp.kernel.KernelException;
import io.expressgateway.xdp.kernel.NetlinkSocket;

/**
 * Tells when the kernel's routing tables have changed. Has a thread of its own, which calls the
 * listener; a burst is told once or a few times.
 */
public final class RoutingEvents implements AutoCloseable {

  /** Links, neighbours, addresses and routes of both families (RTMGRP_*). */
  private static final int GROUPS = 0x1 | 0x4 | 0x10 | 0x40 | 0x100 | 0x400;

  private static final int NEW_NEIGHBOUR = 28;
  private static final int GET_NEIGHBOUR = 30;

  /** How soon a close is noticed. */
  private static final int WAIT_MILLIS = 200;

  private final NetlinkSocket socket = new NetlinkSocket(GROUPS);
  private final Listener listener;
  private final Thread thread;
  private volatile boolean closed;

  /** Hears of changes. */
  @FunctionalInterface
  public interface Listener {

    /**
     * Something has changed; returns at once.
     *
     * @param alsoRoutes whether more than neighbours may have
     */
    void onChange(boolean alsoRoutes);
  }

  /** Begins to listen. */
  public RoutingEvents(Listener listener) {
    this.listener = listener;
    this.thread = Thread.ofPlatform().daemon().name("xdp-routes").start(this::run);
  }

  private void run() {
    while (!closed) {
      try {
        byte[] datagram = socket.receive(WAIT_MILLIS);
        if (datagram != null) {
          listener.onChange(isAboutMoreThanNeighbours(datagram));
        }
      } catch (KernelException failure) {
        // A burst was longer than the buffer (ENOBUFS): whatever it said, all is read again.
        listener.onChange(true);
        if (failure.errno() != Errno.ENOBUFS) {
          break;
        }
      }
    }
    socket.close();
  }

  private static boolean isAboutMoreThanNeighbours(byte[] datagram) {
    return Message.split(datagram).stream()
        .anyMatch(message -> message.type() < NEW_NEIGHBOUR || message.type() > GET_NEIGHBOUR);
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
