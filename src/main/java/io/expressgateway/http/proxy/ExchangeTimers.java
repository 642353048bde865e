package io.expressgateway.http.proxy;

import io.expressgateway.http.Why;
import io.expressgateway.loop.TimerWheel;

/**
 * What an exchange waits for and until when: one deadline for the current wait, one for the whole
 * exchange, one task in the wheel for both. Confined to the exchange's event loop.
 */
final class ExchangeTimers extends TimerWheel.Task {

  /** What the current wait is for. */
  enum Waiting {
    NOTHING,
    FILTER,
    BACKOFF,
    UPSTREAM_WRITABLE,
    RESPONSE_HEAD,
    RESPONSE_BODY
  }

  private final Exchange exchange;
  private final Worker worker;
  private Waiting waiting = Waiting.NOTHING;
  private long waitDeadline = Long.MAX_VALUE;
  private Why waitWhy = Why.INTERNAL_ERROR;
  private long totalDeadline = Long.MAX_VALUE;
  private Why totalWhy = Why.TOTAL_TIMEOUT;
  private boolean isPatient;
  private long idleNanos;
  private long lastMoveNanos;

  ExchangeTimers(Exchange exchange, Worker worker) {
    this.exchange = exchange;
    this.worker = worker;
  }

  /** Bounds the whole exchange; of several bounds the earliest counts. */
  void total(long deadlineNanos, Why reason) {
    if (deadlineNanos < totalDeadline) {
      totalDeadline = deadlineNanos;
      totalWhy = reason;
      arm();
    }
  }

  /**
   * Pauses of the response are not watched from now on; only when nothing moves in either direction
   * for {@code limitNanos}, 0 for no limit, is the exchange over.
   */
  void bePatient(long limitNanos, long nowNanos) {
    isPatient = true;
    idleNanos = limitNanos;
    lastMoveNanos = nowNanos;
    arm();
  }

  void waitFor(Waiting what, long deadlineNanos, Why reason) {
    waiting = what;
    waitDeadline = deadlineNanos;
    waitWhy = reason;
    arm();
  }

  /** Waits for the rest of the response body, from this moment on. */
  void waitForBody(long nowNanos) {
    lastMoveNanos = nowNanos;
    if (isPatient) {
      waitForNothing();
      return;
    }
    waitFor(Waiting.RESPONSE_BODY, nowNanos + exchange.bodyIdleNanos(), Why.UPSTREAM_IDLE_TIMEOUT);
  }

  void waitForNothing() {
    waiting = Waiting.NOTHING;
    waitDeadline = Long.MAX_VALUE;
  }

  boolean isWaitingFor(Waiting what) {
    return waiting == what;
  }

  /** Body bytes moved just now. */
  void moved() {
    lastMoveNanos = System.nanoTime();
  }

  /** The exchange is over. */
  void cancel() {
    worker.timers().cancel(this);
  }

  private void arm() {
    long next = Math.min(Math.min(waitDeadline, totalDeadline), idleDeadline());
    if (next != Long.MAX_VALUE) {
      worker.timers().arm(this, next);
    }
  }

  private long idleDeadline() {
    return idleNanos > 0 ? lastMoveNanos + idleNanos : Long.MAX_VALUE;
  }

  @Override
  protected void onDeadline(long nowNanos) {
    if (exchange.isDone()) {
      return;
    }
    try {
      if (nowNanos >= totalDeadline) {
        exchange.timeOut(totalWhy);
      } else if (nowNanos >= idleDeadline()) {
        exchange.timeOut(Why.GRPC_IDLE);
      } else if (nowNanos < waitDeadline || !waitIsOver(nowNanos) || !exchange.isDone()) {
        arm();
      }
    } catch (Throwable t) {
      exchange.contain(t, Why.INTERNAL_ERROR);
    }
  }

  /** Whether the wait ended the exchange or its phase; false when it was moved on. */
  private boolean waitIsOver(long nowNanos) {
    Why reason = waitWhy;
    switch (waiting) {
      case NOTHING -> {
        waitDeadline = Long.MAX_VALUE;
        return false;
      }
      case BACKOFF -> {
        waitForNothing();
        exchange.onBackoffOver();
      }
      case UPSTREAM_WRITABLE, FILTER -> exchange.timeOut(reason);
      case RESPONSE_HEAD -> {
        waitForNothing();
        exchange.onTryTimeout(reason);
      }
      case RESPONSE_BODY -> {
        // Silence counts only while the endpoint may speak: a slow client is not its fault.
        long from = exchange.isDownstreamWritable() ? lastMoveNanos : nowNanos;
        if (nowNanos - from < exchange.bodyIdleNanos()) {
          waitDeadline = from + exchange.bodyIdleNanos();
          return false;
        }
        exchange.onResponseStalled(reason);
      }
    }
    return true;
  }
}
