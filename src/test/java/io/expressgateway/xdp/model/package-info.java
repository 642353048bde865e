/**
 * What {@code bpf/gateway.bpf.c} is meant to do, once more in Java and in other words: {@link
 * io.expressgateway.xdp.model.GatewayModel} over {@link io.expressgateway.xdp.model.Maps}. Written
 * from the design and from {@code bpf/layout.h}, plain first, with no thought of speed; a
 * difference between the two is a defect of one of them.
 */
@NullMarked
package io.expressgateway.xdp.model;

import org.jspecify.annotations.NullMarked;
