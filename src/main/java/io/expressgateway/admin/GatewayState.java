package io.expressgateway.admin;

import io.expressgateway.config.Problem;
import io.expressgateway.plane.DataPlane;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What the management port may see and ask of the running gateway. Any thread. */
public interface GatewayState {

  /** The data plane; null until it was created. */
  @Nullable DataPlane dataPlane();

  /**
   * Builds a snapshot from all route definitions and serves it. Calls are coalesced: one runs, one
   * waits, and every caller gets the result of a run that began after its call.
   *
   * @return the problems for which the old snapshot was kept; empty when the new one serves or
   *     nothing had changed
   */
  CompletableFuture<List<Problem>> refresh();
}
