package io.expressgateway.app;

import io.expressgateway.http.AccessLog;
import io.expressgateway.plane.DataPlane;
import io.expressgateway.http.HttpMetrics;
import io.expressgateway.http.RequestTracing;
import io.expressgateway.snapshot.ListenerSpec;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the data plane; does not start it. */
@FunctionalInterface
public interface DataPlaneFactory {

  /**
   * A data plane that reports here.
   *
   * @param metrics where figures go
   * @param accessLogs the log of each listener
   * @param tracing null when tracing is off
   */
  DataPlane create(
      HttpMetrics metrics,
      Function<ListenerSpec, AccessLog> accessLogs,
      @Nullable RequestTracing tracing);
}
