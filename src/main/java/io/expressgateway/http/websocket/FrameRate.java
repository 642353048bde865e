package io.expressgateway.http.websocket;

import io.expressgateway.net.Ticker;

/**
 * How many frames of one kind a peer has sent in the current window of ten seconds. Confined to the
 * event loop of the exchange.
 */
public final class FrameRate {

  static final long WINDOW_NANOS = 10_000_000_000L;

  private final int max;
  private final Ticker ticker;
  private int count;
  private long windowStartNanos;

  /** At most {@code max} in a window. */
  public FrameRate(int max, Ticker ticker) {
    this.max = max;
    this.ticker = ticker;
  }

  /** One more; whether it is not one too many. */
  boolean allows() {
    long now = ticker.nanos();
    if (count == 0 || now - windowStartNanos >= WINDOW_NANOS) {
      windowStartNanos = now;
      count = 0;
    }
    return ++count <= max;
  }
}
