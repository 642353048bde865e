package io.expressgateway.metrics;

import io.expressgateway.http.ExchangeRecord;
import io.expressgateway.route.Route;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where each route's figures were found last, by the route's position in its table: most requests
 * of a route come over the same listener and protocol and end with the same status, and need no
 * look-up by name then. With thousands of routes every object that a look-up touches is a cache
 * miss; this is one array element and one object instead of two hashed names and two rows.
 *
 * <p>Only a memory: {@link LoopTable} stays the home of every figure. Confined to its event loop.
 */
final class RouteCells {

  private static final class Last {
    final Route route;
    int listenerIndex;
    int protocol;
    long @Nullable [] requests;
    int number;
    long @Nullable [] gatewayRequests;

    Last(Route route) {
      this.route = route;
    }
  }

  private final LoopFigures figures;
  private @Nullable Last[] lasts = new Last[0];

  RouteCells(LoopFigures figures) {
    this.figures = figures;
  }

  /** A new snapshot may have another route in this place: then it begins anew. */
  @SuppressWarnings("ReferenceEquality") // an equal route of a later snapshot costs one look-up
  private Last last(int position, Route route) {
    if (position >= lasts.length) {
      lasts = Arrays.copyOf(lasts, Math.max(position + 1, lasts.length * 2));
    }
    Last last = lasts[position];
    if (last == null || last.route != route) {
      last = new Last(route);
      lasts[position] = last;
    }
    return last;
  }

  /** Counts an exchange that had this route in both of the metrics that are kept by route. */
  void record(ExchangeRecord exchange, Route route, long nanos) {
    Last last = last(exchange.routePosition(), route);
    LoopFigures.recordRequest(requests(last, exchange), exchange.status(), nanos);
    GatewayTimer.record(gatewayRequests(last, exchange), exchange.endNanos(), nanos);
  }

  private long[] requests(Last last, ExchangeRecord exchange) {
    long[] cell = last.requests;
    int listenerIndex = exchange.listenerIndex();
    int protocol = exchange.protocol().ordinal();
    if (cell == null || last.listenerIndex != listenerIndex || last.protocol != protocol) {
      cell = figures.requests.cell(exchange.listener(), last.route.id(), protocol);
      last.requests = cell;
      last.listenerIndex = listenerIndex;
      last.protocol = protocol;
    }
    return cell;
  }

  private long[] gatewayRequests(Last last, ExchangeRecord exchange) {
    long[] cell = last.gatewayRequests;
    int number = GatewayTimer.number(exchange);
    if (cell == null || last.number != number) {
      cell = figures.gatewayRequests.cell(last.route.id(), last.route.uri(), number);
      last.gatewayRequests = cell;
      last.number = number;
    }
    return cell;
  }
}
