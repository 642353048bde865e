package io.expressgateway.http;

/** Where finished exchanges are logged. */
public interface AccessLog {

  /** Logs nothing. */
  AccessLog NONE = exchange -> {};

  /**
   * An exchange has ended. On its event loop; must copy what it keeps, must not block, and drops
   * the entry (counted) rather than wait when its queue is full.
   */
  void log(ExchangeRecord exchange);
}
