/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Packets that no live flow claims: new flows, flows that lost their endpoint, strangers. */
#ifndef EXPRESSGATEWAY_MEET_H
#define EXPRESSGATEWAY_MEET_H

#include "acl.h"
#include "admit.h"
#include "flow.h"
#include "forward.h"
#include "packet.h"
#include "relay.h"
#include "select.h"
#include "stats.h"

static __always_inline const struct vip *find_vip(const union flow_key *key, const int family)
{
	struct vip_key to __attribute__((aligned(8))) = {};

	if (family == V4) {
		map_v4(to.address, key->v4.destination);
		to.port_be = key->v4.destination_port_be;
		to.protocol = key->v4.protocol;
	} else {
		copy_address(to.address, key->v6.destination);
		to.port_be = key->v6.destination_port_be;
		to.protocol = key->v6.protocol;
	}
	return bpf_map_lookup_elem(&vips, &to);
}

/* Enters a flow under an owner: an endpoint and its generation, or none and the VIP's id. */
static __always_inline long enter_for(struct xdp_md *ctx, const struct packet *packet, const union flow_key *key,
				      struct flow *flow, __u32 endpoint, __u32 generation, __u8 state,
				      const int family)
{
	struct flow fresh __attribute__((aligned(8))) = {};

	fresh.endpoint = endpoint;
	fresh.generation = generation;
	fresh.client_inner_vlan = packet->inner_vlan;
	fresh.seen = now();
	fresh.state = state;
	learn_client(ctx, packet, &fresh);
	return enter(ctx, packet, key, flow, &fresh, family);
}

/* Gives the flow to the relay for life. */
static __always_inline outcome leave_to_relay(struct xdp_md *ctx, const struct packet *packet,
					      const union flow_key *key, struct flow *flow, __u32 vip, __u32 reason,
					      const int family, const __u32 traits)
{
	if (!(traits & TRAIT_DRY))
		enter_for(ctx, packet, key, flow, NO_FLOW_ENDPOINT, vip, FLOW_PASS, family);
	return passed(reason);
}

/*
 * Enters a flow with its endpoint, or decides to do without. A flow of which the tables before and
 * after a swap say different things is entered whatever the caps say: no later packet could tell.
 */
static __always_inline bool is_entered(struct xdp_md *ctx, const struct packet *packet, const union flow_key *key,
				       struct flow *flow, const struct choice *choice, __u32 generation,
				       const int family, __u32 traits)
{
	__u8 state = flow && flow->state != FLOW_PASS && !is_opening(packet) ? flow->state : first_state(packet);

	if (!flow && !choice->is_uncertain && !is_admitted(key, family, traits))
		return false;
	if (traits & TRAIT_DRY)
		return true;
	return !enter_for(ctx, packet, key, flow, choice->endpoint, generation, state, family);
}

static __always_inline outcome begin(struct xdp_md *ctx, struct packet *packet, const union flow_key *key,
				     struct flow *flow, const struct vip *vip, const int family, const __u32 traits)
{
	const bool is_underway = packet->protocol == IPPROTO_TCP && !is_opening(packet);
	struct choice choice = choose(vip, hash_of(ctx, packet, key, vip, family), is_underway);
	struct endpoint *endpoint = find_endpoint(choice.endpoint);
	__u32 reason = REASON_NEW_FLOW;
	struct headers headers;

	if (!endpoint) {
		if (is_underway)
			return passed(REASON_NO_ENDPOINT);
		return leave_to_relay(ctx, packet, key, flow, vip->id, REASON_NO_ENDPOINT, family, traits);
	}
	if (flow && flow->state != FLOW_PASS && !is_opening(packet))
		reason = REASON_MOVED_FLOW;
	if (!is_entered(ctx, packet, key, flow, &choice, endpoint->generation, family, traits))
		reason = REASON_STATELESS;
	if (!(traits & TRAIT_DRY)) {
		if (reason == REASON_STATELESS)
			remember_stateless();
		else
			count_flow(choice.endpoint);
	}
	headers = headers_of(ctx, packet);
	return forward(ctx, packet, &headers, endpoint, choice.endpoint, reason, family, traits);
}

/* What becomes of a packet to a VIP, by the steps that are taken for new flows. */
static __always_inline outcome welcome(struct xdp_md *ctx, struct packet *packet, const union flow_key *key,
				       struct flow *flow, const struct vip *vip, const int family, const __u32 traits)
{
	if (packet->malformed)
		return dropped(REASON_MALFORMED);
	if (vip->mode == MODE_PASS)
		return passed(REASON_MODE_PASS);
	if (vip->mode == MODE_DROP)
		return dropped(REASON_MODE_DROP);
	if (is_denied(key, family))
		return dropped(REASON_DENIED);
	if (!flow && packet->protocol == IPPROTO_TCP && !is_opening(packet) && is_relayed(ctx, key, false, family))
		return leave_to_relay(ctx, packet, key, flow, vip->id, REASON_RELAY, family, traits);
	return begin(ctx, packet, key, flow, vip, family, traits);
}

static __always_inline outcome meet(struct xdp_md *ctx, struct packet *packet, const int family, __u32 traits)
{
	union flow_key key = {};
	struct flow *flow = NULL;
	const struct vip *vip;
	outcome outcome;

	if (!read_key(ctx, packet, &key, family))
		return passed(REASON_MALFORMED);
	if (traits & TRAIT_KNOWN)
		flow = find_flow(&key, family);
	vip = find_vip(&key, family);
	if (!vip)
		return passed(packet->malformed ? REASON_MALFORMED : REASON_NOT_OURS);
	outcome = welcome(ctx, packet, &key, flow, vip, family, traits);
	if (!(traits & TRAIT_DRY))
		count_vip(vip->id, outcome);
	return outcome;
}

__noinline outcome meet_v4(struct xdp_md *ctx, __u64 first, __u64 second, __u32 traits)
{
	struct packet packet = unpacked(ctx, first, second);

	return meet(ctx, &packet, V4, traits);
}

__noinline outcome meet_v6(struct xdp_md *ctx, __u64 first, __u64 second, __u32 traits)
{
	struct packet packet = unpacked(ctx, first, second);

	return meet(ctx, &packet, V6, traits);
}

#endif
