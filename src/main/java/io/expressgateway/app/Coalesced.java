package io.expressgateway.app;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Work that is asked for more often than it needs to run: one run at a time, at most one waiting,
 * and everybody who asks gets the result of a run that began after asking. Thread-safe; the work
 * runs on a thread of its own that lives only while there is work.
 */
final class Coalesced<T> implements AutoCloseable {

  private final String name;
  private final Supplier<T> work;

  // Guarded by this.
  private @Nullable CompletableFuture<T> pending;
  private boolean running;
  private boolean closed;

  Coalesced(String name, Supplier<T> work) {
    this.name = name;
    this.work = work;
  }

  /** Asks for a run; cancelled when this is closed before it began. */
  synchronized CompletableFuture<T> request() {
    if (closed) {
      return CompletableFuture.failedFuture(new IllegalStateException(name + " is closed"));
    }
    CompletableFuture<T> waiting = pending;
    if (waiting == null) {
      waiting = new CompletableFuture<>();
      pending = waiting;
      if (!running) {
        running = true;
        Thread.ofPlatform().daemon().name(name).start(this::runAll);
      }
    }
    // A copy, so that a caller who cancels cancels nothing for the others.
    return waiting.copy();
  }

  private void runAll() {
    for (CompletableFuture<T> next = take(); next != null; next = take()) {
      try {
        next.complete(work.get());
      } catch (Throwable failure) {
        io.expressgateway.net.OutOfMemory.haltOn(failure);
        next.completeExceptionally(failure);
      }
    }
  }

  private synchronized @Nullable CompletableFuture<T> take() {
    CompletableFuture<T> next = pending;
    pending = null;
    if (next == null) {
      running = false;
    }
    return next;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (pending != null) {
      pending.cancel(false);
      pending = null;
    }
  }
}
