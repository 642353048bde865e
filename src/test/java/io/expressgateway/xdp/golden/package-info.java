/**
 * The golden packets: cases of "packet in, maps, verdict, packet out, reason" that are true of the
 * model and of the kernel alike. {@link io.expressgateway.xdp.golden.World} says who is who; the
 * tables of cases stand in the classes whose names end in {@code Packets}; all of them are written
 * to {@code src/test/resources/xdp/packets.txt} for the kernels of the matrix.
 */
@NullMarked
package io.expressgateway.xdp.golden;

import org.jspecify.annotations.NullMarked;
