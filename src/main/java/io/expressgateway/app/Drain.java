package io.expressgateway.app;

import io.expressgateway.admin.Readiness;
import io.expressgateway.plane.DataPlane;
import io.expressgateway.snapshot.Snapshot;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way down: not ready at once, settle while still accepting, ask connections to leave, wait for
 * what runs. A second stop request ends every wait.
 */
final class Drain {

  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

  private final DataPlane dataPlane;
  private final Readiness readiness;
  private final StopRequest stop;

  Drain(DataPlane dataPlane, Readiness readiness, StopRequest stop) {
    this.dataPlane = dataPlane;
    this.readiness = readiness;
    this.stop = stop;
  }

  /** Blocks until nothing runs any more, the time is over, or the second request came. */
  void run(Snapshot.Drain times) {
    readiness.draining();
    dataPlane.announceDrain();
    LOG.info("draining: settle {}, then at most {}", times.settle(), times.timeout());
    stop.pause(times.settle());
    dataPlane.beginDrain();
    CompletableFuture<Boolean> idle =
        CompletableFuture.supplyAsync(
            () -> dataPlane.awaitIdle(times.timeout()), Drain::onThreadOfItsOwn);
    Object finished = CompletableFuture.anyOf(idle, stop.urgent()).join();
    if (Boolean.TRUE.equals(finished)) {
      LOG.info("drained");
    } else {
      LOG.warn("the drain ended early: what still runs is aborted");
    }
  }

  private static void onThreadOfItsOwn(Runnable task) {
    Thread.ofPlatform().daemon().name("drain").start(task);
  }
}
