/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Packets of flows that the table knows: the way that nearly all packets take. */
#ifndef EXPRESSGATEWAY_FOLLOW_H
#define EXPRESSGATEWAY_FOLLOW_H

#include "flow.h"
#include "forward.h"
#include "packet.h"
#include "relay.h"
#include "select.h"
#include "stats.h"

/* A flow of the relay's. A SYN for which the relay has no socket any more begins another. */
static __always_inline outcome follow_relayed(struct xdp_md *ctx, const struct packet *packet,
					      const union flow_key *key, struct flow *flow, const int family,
					      const __u32 traits)
{
	if (is_opening(packet) && !is_relayed(ctx, key, true, family))
		return GO_ON;
	if (!(traits & TRAIT_DRY)) {
		see(flow);
		count_vip(flow->generation, passed(REASON_RELAY));
	}
	return passed(REASON_RELAY);
}

/* Follows a flow to its endpoint; GO_ON when it has to be given one anew. */
static __always_inline outcome follow(struct xdp_md *ctx, struct packet *packet, const struct headers *headers,
				      const union flow_key *key, struct flow *flow, const int family,
				      const __u32 traits)
{
	struct endpoint *endpoint;
	bool is_nat;
	__u32 index;

	if (unlikely(flow->state == FLOW_PASS))
		return follow_relayed(ctx, packet, key, flow, family, traits);
	index = flow->endpoint;
	endpoint = find_endpoint(index);
	if (unlikely(!is_usable(endpoint) || endpoint->generation != flow->generation))
		return GO_ON;
	is_nat = endpoint->mode == MODE_NAT;
	if (is_reopened(flow, packet, is_nat))
		return GO_ON;
	if (!(traits & TRAIT_DRY)) {
		__u8 state = after_client(flow->state, packet, is_nat);

		if (state != flow->state)
			flow->state = state;
		see(flow);
		if (is_nat)
			watch_client(ctx, packet, flow, family);
	}
	return forward(ctx, packet, headers, endpoint, index, REASON_FLOW, family, traits);
}

#endif
