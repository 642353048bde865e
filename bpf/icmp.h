/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
#ifndef EXPRESSGATEWAY_ICMP_H
#define EXPRESSGATEWAY_ICMP_H
#include "packet.h"
static __noinline outcome answer_exceeded(struct xdp_md *ctx, const struct packet *packet)
{
	return dropped(REASON_TTL_EXCEEDED);
}
static __noinline outcome answer_too_big(struct xdp_md *ctx, const struct packet *packet, __u32 mtu)
{
	return dropped(REASON_TOO_BIG);
}
#endif
