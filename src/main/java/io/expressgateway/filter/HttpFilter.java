package io.expressgateway.filter;

import io.expressgateway.message.HeaderBlock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * One step between client and endpoint. Request hooks run in the route's filter order, response
 * hooks in the reverse order, all on the exchange's event loop, so none may block.
 *
 * <p>Each hook may edit what it is given, answer locally ({@link FilterExchange#respond}), or
 * suspend the exchange ({@link FilterExchange#suspend}) and resume it later on the same loop; while
 * suspended nothing is read from either side. An exception ends this exchange with 500 (or a reset
 * once the response has begun), is counted, and touches nothing else.
 *
 * <p>An instance serves all requests of a route on all loops: per-request state goes to {@link
 * FilterExchange#attribute}. Most filters override one head hook; {@link #isHeadOnly()} says so and
 * keeps bodies on the zero-copy path.
 */
public interface HttpFilter {

  /** Whether only the two head hooks are implemented. Data and trailer hooks run only if false. */
  default boolean isHeadOnly() {
    return true;
  }

  /** The request head has arrived, the endpoint is not chosen yet. */
  default void onRequestHead(FilterExchange exchange) {}

  /**
   * A piece of request body. Takes ownership of {@code data} and gives up ownership of what it
   * returns: the same buffer, another one, or an empty one to swallow it.
   */
  default ByteBuf onRequestData(FilterExchange exchange, ByteBuf data) {
    return data;
  }

  /**
   * The request body has ended; also called when there are no trailers, with an empty block. May
   * add trailers.
   */
  default void onRequestTrailers(FilterExchange exchange, HeaderBlock trailers) {}

  /** The final response head has arrived (never a 1xx). */
  default void onResponseHead(FilterExchange exchange) {}

  /** A piece of response body; ownership as in {@link #onRequestData}. */
  default ByteBuf onResponseData(FilterExchange exchange, ByteBuf data) {
    return data;
  }

  /**
   * Body that the filter adds behind the last piece, asked for once, before {@link
   * #onResponseTrailers} and with the same trailers, which it may change. The filters between this
   * one and the client see it as data. Gives up ownership; an empty buffer, the default, adds
   * nothing.
   */
  default ByteBuf lastResponseData(FilterExchange exchange, HeaderBlock trailers) {
    return Unpooled.EMPTY_BUFFER;
  }

  /** The response body has ended; as {@link #onRequestTrailers}. */
  default void onResponseTrailers(FilterExchange exchange, HeaderBlock trailers) {}

  /** The exchange is over, whatever its end; called once for every filter whose head hook ran. */
  default void onEnd(FilterExchange exchange) {}
}
