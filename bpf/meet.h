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

static __always_inline struct vip *find_vip(const union flow_key *key, const int family)
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

/* Whether the packet is of a TCP connection that began before it. */
static __always_inline bool is_underway(const struct packet *packet)
{
	return packet->protocol == IPPROTO_TCP && !is_opening(packet);
}

/* Sends the first packet of a flow, or of one that has to have another endpoint, to the endpoint that was chosen. */
static __always_inline outcome begin(struct xdp_md *ctx, struct packet *packet, const union flow_key *key,
				     struct flow *flow, const struct choice *choice, const struct endpoint *endpoint,
				     const int family, const __u32 traits)
{
	__u32 reason = REASON_NEW_FLOW;
	struct headers headers;

	if (flow && flow->state != FLOW_PASS && !is_opening(packet))
		reason = REASON_MOVED_FLOW;
	if (!is_entered(ctx, packet, key, flow, choice, endpoint->generation, family, traits))
		reason = REASON_STATELESS;
	if (!(traits & TRAIT_DRY)) {
		if (reason == REASON_STATELESS)
			remember_stateless();
		else
			count_flow(choice->endpoint);
	}
	headers = headers_of(ctx, packet);
	return forward(ctx, packet, &headers, endpoint, choice->endpoint, reason, family, traits);
}

/*
 * Whether a packet to a VIP is dropped or passed, by the steps that are taken for new flows; GO_ON for one
 * that may go to an endpoint. The first fragment of a TCP segment is passed only if the relay has its
 * connection: put together, the segment of another would be answered by a reset. The rest of a segment
 * whose first fragment was dropped ends in the kernel.
 */
static __always_inline outcome judge(struct xdp_md *ctx, const struct packet *packet, const union flow_key *key,
				     const struct flow *flow, const struct vip *vip, const int family)
{
	if (is_malformed(packet))
		return dropped(REASON_MALFORMED);
	if (vip->mode == MODE_PASS)
		return passed(REASON_MODE_PASS);
	if (vip->mode == MODE_DROP)
		return dropped(REASON_MODE_DROP);
	if (is_denied(key, family))
		return dropped(REASON_DENIED);
	if (!flow && vip->relayed && is_underway(packet) && is_relayed(ctx, key, false, family))
		return passed(REASON_RELAY);
	if (packet->marks & MARK_FRAGMENT)
		return dropped(REASON_TCP_FRAGMENT);
	return GO_ON;
}

/*
 * What was passed is the relay's for life, and from now on TCP packets without an entry are looked for
 * among its connections. A packet from the middle of a connection that nobody has leaves no trace; a
 * packet in pass mode makes no entry, but takes over one of a flow that is over. Where no more entries
 * are made, TCP is found again by its socket.
 */
static __always_inline void leave_to_relay(struct xdp_md *ctx, const struct packet *packet,
					   const union flow_key *key, struct flow *flow, struct vip *vip,
					   __u32 reason, const int family, const __u32 traits)
{
	if (traits & TRAIT_DRY || (reason == REASON_NO_ENDPOINT && is_underway(packet)))
		return;
	if (!vip->relayed)
		vip->relayed = 1;
	if (flow || (reason != REASON_MODE_PASS && is_admitted(key, family, traits)))
		enter_for(ctx, packet, key, flow, NO_FLOW_ENDPOINT, vip->id, FLOW_PASS, family);
}

/* What becomes of a packet to a VIP. */
static __always_inline outcome welcome(struct xdp_md *ctx, struct packet *packet, const union flow_key *key,
				       struct flow *flow, struct vip *vip, const int family, const __u32 traits)
{
	outcome outcome = judge(ctx, packet, key, flow, vip, family);
	struct endpoint *endpoint = NULL;
	struct choice choice;

	if (outcome == GO_ON) {
		choice = choose(vip, hash_of(ctx, packet, key, vip, family), is_underway(packet));
		endpoint = find_endpoint(choice.endpoint);
		if (endpoint)
			return begin(ctx, packet, key, flow, &choice, endpoint, family, traits);
		outcome = passed(REASON_NO_ENDPOINT);
	}
	if (verdict_of(outcome) == XDP_PASS)
		leave_to_relay(ctx, packet, key, flow, vip, reason_of(outcome), family, traits);
	return outcome;
}

static __always_inline outcome meet(struct xdp_md *ctx, struct packet *packet, const int family, __u32 traits)
{
	union flow_key key = {};
	struct flow *flow = NULL;
	struct vip *vip;
	outcome outcome;

	if (!read_key(ctx, packet, &key, family))
		return passed(REASON_MALFORMED);
	if (traits & TRAIT_KNOWN)
		flow = find_flow(&key, family);
	vip = find_vip(&key, family);
	if (!vip && packet->marks & MARK_FRAGMENT)
		return passed(REASON_FRAGMENT);
	if (!vip)
		return passed(is_malformed(packet) ? REASON_MALFORMED : REASON_NOT_OURS);
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
