/**
 * WebSocket as it passes through (RFC 6455): the frames of one direction followed without being
 * held, close frames of our own, and the opening handshake between HTTP/1.1 and HTTP/2 (RFC 8441).
 *
 * <p>Knows buffers and header fields, no connection and no exchange; {@code http.proxy.Tunnel} puts
 * the parts together. Start reading at {@link io.expressgateway.http.websocket.FrameTracker}.
 */
@NullMarked
package io.expressgateway.http.websocket;

import org.jspecify.annotations.NullMarked;
