/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* From a client to its endpoint. */
#ifndef EXPRESSGATEWAY_FORWARD_H
#define EXPRESSGATEWAY_FORWARD_H

#include "answer.h"
#include "encapsulate.h"
#include "link.h"
#include "nat.h"
#include "next_hop.h"
#include "packet.h"
#include "select.h"
#include "stats.h"

/* The prepared next hop of an endpoint. */
static __always_inline void read_next_hop(const struct endpoint *endpoint, struct link *link)
{
	copy_macs(link->destination, endpoint->next_hop_mac);
	link->vlan = endpoint->vlan;
	link->inner_vlan = 0;
	link->tags = 0;
	link->interface = endpoint->interface;
}

/*
 * Sends to an endpoint over tags, or by the routing table. A neighbour that the kernel does not know
 * yet is found by passing it the rewritten packet under the link header that it came with; what
 * L2 mode sends is addressed to the VIP still, which the kernel would take for its own, so that it is
 * dropped and comes again.
 */
__noinline outcome send_the_long_way(struct xdp_md *ctx, __u64 first, __u64 second, __u32 index, __u32 reason)
{
	const struct packet unpacked_packet = unpacked(ctx, first, second), *packet = &unpacked_packet;
	const struct endpoint *endpoint = find_endpoint(index);
	const bool is_v4 = packet->type == bpf_htons(ETH_P_IP);
	struct link link = { .interface = packet->interface };
	int route_answer = BPF_FIB_LKUP_RET_SUCCESS;

	if (!endpoint)
		return dropped(REASON_NO_ROUTE);
	if (endpoint->flags & ENDPOINT_NEXT_HOP)
		read_next_hop(endpoint, &link);
	else
		route_answer = route(ctx, endpoint->outer_source, endpoint->address, is_v4, &link);
	if (route_answer == BPF_FIB_LKUP_RET_NO_NEIGH && endpoint->mode != MODE_DSR_L2) {
		if (!read_link(ctx, packet, &link))
			return dropped(REASON_MALFORMED);
	} else if (route_answer != BPF_FIB_LKUP_RET_SUCCESS) {
		return dropped(REASON_NO_ROUTE);
	}
	if (!(endpoint->mode == MODE_DSR_IPIP ? encapsulate(ctx, packet, endpoint, &link) : relink(ctx, packet, &link)))
		return dropped(REASON_NO_ROOM);
	if (route_answer == BPF_FIB_LKUP_RET_NO_NEIGH)
		return passed(REASON_NO_NEXT_HOP);
	return outcome_of(index, reason, transmit(packet, link.interface));
}

/* Sends to an endpoint. The short way: no tags here or there, and the next hop is prepared. */
static __always_inline outcome send(struct xdp_md *ctx, const struct packet *packet,
				    const struct endpoint *endpoint, __u32 index, __u32 reason, const int family)
{
	struct ethhdr *ethernet;

	if (unlikely(packet->network != ETH_HLEN || endpoint->vlan || !(endpoint->flags & ENDPOINT_NEXT_HOP)))
		return send_the_long_way(ctx, first_word(packet), second_word(packet), index, reason);
	if (endpoint->mode == MODE_DSR_IPIP) {
		if (bpf_xdp_adjust_head(ctx, -(int)outer_bytes(family)))
			return dropped(REASON_NO_ROOM);
		if (!(family == V4 ? write_outer_v4(ctx, ETH_HLEN, packet, endpoint) :
				     write_outer_v6(ctx, ETH_HLEN, packet, endpoint)))
			return dropped(REASON_NO_ROOM);
	}
	ethernet = start(ctx);
	if ((void *)(ethernet + 1) > end(ctx))
		return dropped(REASON_NO_ROOM);
	copy_macs((__u8 *)ethernet, endpoint->next_hop_mac);
	ethernet->h_proto = packet->type;
	return outcome_of(index, reason, transmit(packet, endpoint->interface));
}

static __always_inline __u32 outer_bytes_of(const struct endpoint *endpoint, const int family)
{
	return endpoint->mode == MODE_DSR_IPIP ? outer_bytes(family) : 0;
}

/* Whether the packet is longer than the way to its endpoint allows, outer header included. */
static __always_inline bool is_too_big(const struct packet *packet, const struct endpoint *endpoint, const int family)
{
	return endpoint->mtu && packet->length + outer_bytes_of(endpoint, family) > endpoint->mtu;
}

/* The traits by which a packet is answered: of one without a flow the caller counts what became of it. */
static __always_inline __u32 counting(__u32 traits, const struct endpoint *endpoint, __u32 reason)
{
	return reason == REASON_FLOW ? traits | (endpoint->vip + 1) << TRAIT_VIP_SHIFT : traits;
}

/* Forwards a packet of a client to an endpoint, for a reason. */
static __always_inline outcome forward(struct xdp_md *ctx, const struct packet *packet, const struct headers *headers,
				       const struct endpoint *endpoint, __u32 index, __u32 reason, const int family,
				       __u32 traits)
{
	bool is_written;

	if (unlikely(packet->hops <= 1))
		return answer(ctx, first_word(packet), second_word(packet), 0, counting(traits, endpoint, reason));
	if (unlikely(is_too_big(packet, endpoint, family)))
		return answer(ctx, first_word(packet), second_word(packet),
			      endpoint->mtu - outer_bytes_of(endpoint, family), counting(traits, endpoint, reason));
	if (!(traits & TRAIT_DRY))
		count_forward(index, packet->length);
	if (endpoint->mode == MODE_NAT)
		is_written = translate_to_endpoint(ctx, packet, headers, endpoint, family);
	else
		is_written = lower_hops(ctx, headers->network, family);
	if (!is_written)
		return dropped(REASON_MALFORMED);
	return send(ctx, packet, endpoint, index, reason, family);
}

#endif
