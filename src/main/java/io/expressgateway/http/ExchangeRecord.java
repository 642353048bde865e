package io.expressgateway.http;

import io.expressgateway.message.HttpVersion;
import io.expressgateway.message.RequestHead;
import io.expressgateway.message.ResponseHead;
import io.expressgateway.plane.DataPlane;
import io.expressgateway.route.Route;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an exchange at its end. A view of live state: valid only during the call that
 * hands it over, on the exchange's event loop; whoever needs it later copies what it needs.
 */
public interface ExchangeRecord {

  /** Which event loop served it, 0 to {@link DataPlane#eventLoops()} - 1. */
  int loop();

  /** The listener's name. */
  String listener();

  /** The listener's place in the snapshot. */
  int listenerIndex();

  /** The protocol on the client's side. */
  HttpVersion protocol();

  /** The client: the peer, or what trusted forwarding headers say. */
  InetSocketAddress client();

  /** The request head as sent on; null when the head could not be parsed. */
  @Nullable RequestHead request();

  /** The path and query as the client sent them; empty when the head could not be parsed. */
  String originalTarget();

  /** The authority as the client sent it; empty when the head could not be parsed. */
  String originalHost();

  /** The response head; null when none was sent. */
  @Nullable ResponseHead response();

  /** The status sent; 0 when none was. */
  int status();

  /** The route; null when none matched. */
  @Nullable Route route();

  /** The route's place in the table that routed it; -1 when none matched. */
  int routePosition();

  /** The cluster's name; empty when none was chosen. */
  String cluster();

  /** The last endpoint's address; empty when none was chosen. */
  String endpoint();

  /** How many endpoints were tried. */
  int attempts();

  /** The reason code of a failure or local answer; empty for an ordinary end. */
  String why();

  /** Bytes received from the client for this request, head included. */
  long bytesIn();

  /** Bytes of response body sent to the client. */
  long bytesOut();

  /** When the first byte of the request was read, {@link System#nanoTime()}. */
  long startNanos();

  /** When the exchange ended, {@link System#nanoTime()}. */
  long endNanos();

  /** When the request was sent to the last endpoint; 0 when it was not. */
  long upstreamStartNanos();

  /** When the last endpoint's response head arrived; 0 when it did not. */
  long upstreamHeadNanos();

  /** The trace id of the W3C trace context; empty when there is none. */
  String traceId();

  /** Whether it ended as the protocol has it, rather than by reset, time-out or close. */
  boolean isComplete();
}
