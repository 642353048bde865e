/**
 * Frames for tests of the packet path: {@link io.expressgateway.xdp.packet.Packet} builds them
 * layer by layer, {@link io.expressgateway.xdp.packet.FrameCheck} reads any frame back and
 * recomputes every check sum in full. Neither knows the program under test.
 */
@NullMarked
package io.expressgateway.xdp.packet;

import org.jspecify.annotations.NullMarked;
