package io.expressgateway.stream;

/** Where finished flows are logged. */
public interface FlowLog {

  /** Logs nothing. */
  FlowLog NONE = flow -> {};

  /**
   * A flow has ended. On its event loop; must copy what it keeps, must not block, and drops the
   * entry (counted) rather than wait when its queue is full.
   */
  void log(FlowRecord flow);
}
