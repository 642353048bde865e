package io.expressgateway.http.h2;

import java.util.ArrayList;
import java.util.List;

/**
 * Streams of one connection that may queue nothing more until there is room for them again. Netty
 * tells of streams' windows and of the connection's as it sees them; see {@link
 * PriorityDistributor#hasRoom} for how this differs. Confined to the connection's event loop.
 */
final class RoomQueue {

  private final List<Waiter> waiting = new ArrayList<>();
  private boolean isTelling;
  private boolean isToldAgain;

  /** A stream that waits. */
  interface Waiter {

    /** There may be room; who finds none waits anew by {@link #add}. */
    void lookForRoom();
  }

  void add(Waiter waiter) {
    waiting.add(waiter);
  }

  /**
   * Lets every waiter look for room; to be called whenever something was sent or a window has
   * grown. One that fills its room and sends it from within is told again.
   */
  void tell() {
    isToldAgain = true;
    if (isTelling) {
      return;
    }
    isTelling = true;
    try {
      while (isToldAgain && !waiting.isEmpty()) {
        isToldAgain = false;
        List<Waiter> told = List.copyOf(waiting);
        waiting.clear();
        told.forEach(Waiter::lookForRoom);
      }
    } finally {
      isTelling = false;
    }
  }

  /** Nobody waits any more: the connection has ended. */
  void clear() {
    waiting.clear();
  }
}
