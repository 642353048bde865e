package io.expressgateway.app;

import io.expressgateway.plane.DataPlane;

/** Makes the data plane; does not start it. */
@FunctionalInterface
public interface DataPlaneFactory {

  /** A data plane that reports here. */
  DataPlane create(Reports reports);
}
