package io.expressgateway.http.proxy;

import io.expressgateway.message.RequestHead;
import io.expressgateway.snapshot.ListenerSpec;

/**
 * Calls that the gateway answers itself, before any route is looked at. It takes the place of an
 * endpoint: bodies, deadlines and back-pressure are the exchange's. Any thread.
 */
public interface LocalService {

  /** Whether this gRPC request is for it. */
  boolean serves(ListenerSpec listener, RequestHead head);

  /** The stream that answers it; confined to the exchange's event loop. */
  Upstream open(Exchange exchange);
}
