package io.expressgateway.route;

import io.expressgateway.message.RequestHead;
import java.net.InetSocketAddress;
import java.time.Instant;

/**
 * What a predicate may look at. Implemented by the exchange; confined to its event loop, valid only
 * during the call.
 */
public interface RouteRequest {

  /** The request head as received. */
  RequestHead head();

  /** The peer of the connection, or the address that PROXY protocol stated. */
  InetSocketAddress remoteAddress();

  /** The name of the listener that accepted the request. */
  String listener();

  /** The wall clock, for Before, After and Between. */
  Instant now();

  /** 64 random bits, the same at every call for this request: the dice of Weight. */
  long random();
}
