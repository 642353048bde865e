package io.expressgateway.stream;

import io.expressgateway.loop.EventLoops;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.plane.LoopLedger;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;

/**
 * What belongs to one event loop: its timers, its running flows and its ledger. Confined to the
 * loop but for the ledger and {@link #running}, which any thread may read.
 */
final class StreamLoop {

  /** Ticks between two reports of the bytes of running flows: ten seconds. */
  private static final int REPORT_TICKS = (int) (10_000 / EventLoops.TICK_MILLIS);

  private final int index;
  private final EventLoop eventLoop;
  private final StreamMetrics metrics;
  private final Connector connector;
  private final Pipes pipes = new Pipes();
  private final TimerWheel timers = new TimerWheel(System.nanoTime());
  private final LoopLedger ledger = new LoopLedger();
  private final Set<Flow> flows = new HashSet<>();
  private volatile int running;

  StreamLoop(int index, EventLoops loops, StreamMetrics metrics) {
    this.index = index;
    this.eventLoop = loops.loop(index);
    this.metrics = metrics;
    this.connector = new Connector(loops, eventLoop);
  }

  int index() {
    return index;
  }

  EventLoop eventLoop() {
    return eventLoop;
  }

  StreamMetrics metrics() {
    return metrics;
  }

  TimerWheel timers() {
    return timers;
  }

  LoopLedger ledger() {
    return ledger;
  }

  Connector connector() {
    return connector;
  }

  Pipes pipes() {
    return pipes;
  }

  /** Flows that have not ended. Any thread. */
  int running() {
    return running;
  }

  void began(Flow flow) {
    ledger.countAccepted();
    flows.add(flow);
    running = flows.size();
  }

  void ended(Flow flow) {
    switch (flow.end().count()) {
      case COMPLETED -> ledger.countCompleted();
      case REFUSED -> ledger.countRefused();
      case ABORTED -> ledger.countAborted();
    }
    flows.remove(flow);
    running = flows.size();
  }

  /** Lets time pass. */
  void tick(int turn) {
    timers.advance(System.nanoTime());
    if (turn % REPORT_TICKS == 0) {
      flows.forEach(Flow::reportBytes);
    }
  }

  /** Ends every flow. */
  void shutDown() {
    for (Flow flow : new ArrayList<>(flows)) {
      flow.cut(FlowEnd.SHUTDOWN);
    }
    pipes.close();
  }
}
