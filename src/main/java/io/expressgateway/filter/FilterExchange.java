package io.expressgateway.filter;

import io.expressgateway.message.RequestHead;
import io.expressgateway.message.ResponseHead;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a filter sees of the exchange it works on. Every method is for the exchange's event loop
 * only, but for {@link #execute}.
 */
public interface FilterExchange {

  /** The request head; edits before the endpoint is chosen reach it. */
  RequestHead request();

  /**
   * The response head.
   *
   * @throws IllegalStateException before the response has begun
   */
  ResponseHead response();

  /** The id of the matched route. */
  String routeId();

  /** The metadata of the matched route. */
  Map<String, Object> routeMetadata();

  /** URI template variables that the route's predicates captured. */
  Map<String, String> variables();

  /** The client: the peer, or what trusted forwarding headers say. */
  InetSocketAddress clientAddress();

  /** Request body bytes received so far. */
  long requestBytes();

  /** A value kept for this exchange under {@code key} (usually the filter itself), or null. */
  @Nullable Object attribute(Object key);

  /** Keeps a value for this exchange. */
  void attribute(Object key, Object value);

  /**
   * Answers the request instead of the endpoint and ends the exchange's way there. Response head
   * hooks of the filters that already ran still see the response. The body is JSON, text or empty
   * as {@code contentType} says.
   *
   * @param why the reason code for log, metric and problem document; null for an intended answer
   *     such as a redirect, which carries no reason
   */
  void respond(LocalResponse response, @Nullable String why);

  /**
   * Stops the exchange behind this hook until {@link #resume}: later filters, the endpoint and the
   * client wait, with back-pressure. Ends with 504 and its own reason code when the suspension
   * lasts longer than the route allows; cancelled silently when the client goes away.
   */
  void suspend();

  /**
   * Continues a suspended exchange behind the hook that suspended it; a no-op when it has ended.
   */
  void resume();

  /** Runs a task on the exchange's event loop. Any thread; dropped when the exchange has ended. */
  void execute(Runnable task);

  /** Sends the client's Host to the endpoint instead of the endpoint's own name. */
  void preserveHost(boolean preserve);

  /** Sends the request to this absolute URI instead of the route's; http and https only. */
  void upstreamUri(URI uri);

  /** Sets when and how often another endpoint may be tried. */
  void retryPolicy(RetryPolicy policy);

  /** Limits the request body in bytes; over it the client gets 413. */
  void maxRequestBody(long bytes);
}
