package io.expressgateway.http.proxy;

import io.expressgateway.http.Why;

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
  private long lastMoveNanos;

  ExchangeTimers(Exchange exchange, Worker worker) {
    this.exchange = exchange;
    this.worker = worker;
  }

  /** Bounds the whole exchange. */
  void total(long deadlineNanos) {
    totalDeadline = deadlineNanos;
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
    long next = Math.min(waitDeadline, totalDeadline);
    if (next != Long.MAX_VALUE) {
      worker.timers().arm(this, next);
    }
  }

  @Override
  protected void onDeadline(long nowNanos) {
    if (exchange.isDone()) {
      return;
    }
    try {
      if (nowNanos >= totalDeadline) {
        exchange.timeOut(Why.TOTAL_TIMEOUT);
      } else if (nowNanos < waitDeadline || !waitIsOver(nowNanos)) {
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
