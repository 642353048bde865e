/**
 * The HTTP data plane: the life of a request from accept to access log.
 *
 * <p>Sub-packages by stage: {@code listener} accepts, {@code h1} reads and writes HTTP/1.1 on both
 * sides, {@code proxy} is the exchange between them, {@code upstream} holds the pools. Knows
 * nothing of Spring or Micrometer. Start with {@link io.expressgateway.plane.DataPlane}.
 */
@NullMarked
package io.expressgateway.http;

import org.jspecify.annotations.NullMarked;
