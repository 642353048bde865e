/**
 * The data plane as the application, management and metrics see it.
 *
 * <p>Knows no sockets and no protocol: {@link io.expressgateway.plane.DataPlane} is all there is.
 */
@NullMarked
package io.expressgateway.plane;

import org.jspecify.annotations.NullMarked;
