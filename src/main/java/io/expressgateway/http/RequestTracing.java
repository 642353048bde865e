package io.expressgateway.http;

import io.expressgateway.message.RequestHead;
import org.jspecify.annotations.Nullable;

/** Spans, when tracing is on. Every method is called on the exchange's event loop. */
public interface RequestTracing {

  /**
   * A request is about to be routed. May start a span and rewrite the trace context headers in the
   * head, so that the endpoint becomes its child.
   *
   * @return a token handed back at the end; null when nothing is recorded
   */
  @Nullable Object start(RequestHead head);

  /** The exchange has ended. */
  void end(Object token, ExchangeRecord exchange);
}
