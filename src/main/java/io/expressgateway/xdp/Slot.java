package io.expressgateway.xdp;

import io.expressgateway.xdp.layout.ServiceKey;
import io.expressgateway.xdp.layout.VipMode;

/**
 * A place in the kernel's array of endpoints, taken for one VIP's use of one address in one mode.
 *
 * @param index in the array
 * @param generation of this taking; flows that remember another choose anew
 */
record Slot(int index, int generation, ServiceKey service, VipMode mode) {}
