/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * From an endpoint back to its client, under NAT. A reply has no entry of its own: the endpoint's
 * record says which VIP it answers for, and with the VIP's address and port in the place of its own
 * source, the reply's tuple turned round is the client's key.
 */
#ifndef EXPRESSGATEWAY_REPLY_H
#define EXPRESSGATEWAY_REPLY_H

#include "address.h"
#include "admit.h"
#include "flow.h"
#include "link.h"
#include "nat.h"
#include "next_hop.h"
#include "packet.h"
#include "select.h"
#include "stats.h"

/*
 * Whether some endpoint answers from this port. It spares most packets of clients the look-up of
 * candidates, and replies that of their own tuple in the flow table.
 */
static __always_inline bool is_reply_port(__be16 port_be)
{
	const __u32 port = bpf_ntohs(port_be), word = port / 64;
	const struct reply_ports *ports = bpf_map_lookup_elem(&reply_ports, &word);

	return ports && ports->bits >> port % 64 & 1;
}

/* The endpoints that may have sent this. The key's source is the packet's. */
static __always_inline const struct reply *find_candidates(const union flow_key *key, const int family)
{
	struct reply_key from __attribute__((aligned(8))) = {};

	if (family == V4) {
		map_v4(from.address, key->v4.source);
		from.port_be = key->v4.source_port_be;
		from.protocol = key->v4.protocol;
	} else {
		copy_address(from.address, key->v6.source);
		from.port_be = key->v6.source_port_be;
		from.protocol = key->v6.protocol;
	}
	return bpf_map_lookup_elem(&replies, &from);
}

/* The client's key of the flow that a packet answers, if this endpoint sent it. */
static __always_inline void turn(const union flow_key *key, const struct endpoint *endpoint, union flow_key *client,
				 const int family)
{
	if (family == V4) {
		client->v4.source = key->v4.destination;
		client->v4.destination = v4_of(endpoint->vip_address);
		client->v4.source_port_be = key->v4.destination_port_be;
		client->v4.destination_port_be = endpoint->vip_port_be;
		client->v4.protocol = key->v4.protocol;
	} else {
		copy_address(client->v6.source, key->v6.destination);
		copy_address(client->v6.destination, endpoint->vip_address);
		client->v6.source_port_be = key->v6.destination_port_be;
		client->v6.destination_port_be = endpoint->vip_port_be;
		client->v6.protocol = key->v6.protocol;
	}
}

/* A flow of which a packet is a reply, or may have been. */
struct answered {
	struct flow *flow;
	struct endpoint *endpoint;
	__u32 index;
	bool is_stale; /* there is a flow, and it has another endpoint now */
};

static __always_inline void find_answered(const union flow_key *key, const struct reply *candidates,
					  struct answered *answered, const int family)
{
	union flow_key client = {};

#pragma unroll
	for (__u32 i = 0; i < MAX_SHARED; i++) {
		struct endpoint *endpoint;
		struct flow *flow;
		__u32 index = candidates->endpoints[i];

		if (i >= candidates->count)
			break;
		endpoint = find_endpoint(index);
		if (!endpoint || endpoint->mode != MODE_NAT)
			continue;
		turn(key, endpoint, &client, family);
		flow = find_flow(&client, family);
		if (!flow || flow->state == FLOW_PASS)
			continue;
		if (flow->endpoint == index && flow->generation == endpoint->generation) {
			answered->flow = flow;
			answered->endpoint = endpoint;
			answered->index = index;
			return;
		}
		answered->is_stale = true;
	}
}

/* The link header by which a flow's client is reached. */
static __always_inline void read_client(const struct flow *flow, struct link *link)
{
	copy_macs(link->destination, flow->client_mac);
	link->vlan = flow->client_vlan;
	link->inner_vlan = flow->client_inner_vlan;
	link->interface = flow->client_interface;
	link->tags = flow->client_tags;
}

/* Sends a translated packet to a client. The short way: no tags here or there. */
static __always_inline outcome send_to_client(struct xdp_md *ctx, const struct packet *packet,
					      const struct link *link, __u32 endpoint, __u32 reason)
{
	struct ethhdr *ethernet = start(ctx);

	if (likely(packet->network == ETH_HLEN && !link->vlan && !link->inner_vlan &&
		   (void *)(ethernet + 1) <= end(ctx)))
		copy_macs((__u8 *)ethernet, link->destination);
	else if (!relink(ctx, packet, link))
		return dropped(REASON_NO_ROOM);
	return outcome_of(endpoint, reason, transmit(packet, link->interface));
}

/* A reply whose flow is in the table. */
static __always_inline outcome return_by_flow(struct xdp_md *ctx, const struct packet *packet,
					      const struct answered *answered, const int family, const __u32 traits)
{
	struct flow *flow = answered->flow;
	struct headers headers;
	struct link link;

	if (unlikely(packet->hops <= 1))
		return passed(REASON_TTL);
	if (!(traits & TRAIT_DRY)) {
		__u8 state = after_endpoint(flow->state, packet);

		if (state != flow->state)
			flow->state = state;
		see(flow);
		count_reply(answered->index, packet->length);
	}
	read_client(flow, &link);
	headers = headers_of(ctx, packet);
	if (!translate_to_vip(ctx, packet, &headers, answered->endpoint, family))
		return dropped(REASON_MALFORMED);
	return send_to_client(ctx, packet, &link, answered->index, REASON_REPLY);
}

/*
 * A reply without an entry, while flows are forwarded without one: turned back when only one VIP has
 * this endpoint and its destination is not of this machine (then it answers the relay or a pool).
 */
static __always_inline outcome return_without_flow(struct xdp_md *ctx, const struct packet *packet,
						   const union flow_key *key, const struct reply *candidates,
						   const int family, const __u32 traits)
{
	__u32 index = candidates->endpoints[0];
	struct endpoint *endpoint;
	struct link link = { .interface = packet->interface };
	struct headers headers;
	__u8 client[16] __attribute__((aligned(8)));

	if (candidates->count != 1 || !is_stateless_lately())
		return GO_ON;
	endpoint = find_endpoint(index);
	if (!endpoint || endpoint->mode != MODE_NAT)
		return GO_ON;
	if (family == V4)
		map_v4(client, key->v4.destination);
	else
		copy_address(client, key->v6.destination);
	if (route(ctx, endpoint->vip_address, client, family == V4, &link) != BPF_FIB_LKUP_RET_SUCCESS)
		return GO_ON;
	if (packet->hops <= 1)
		return passed(REASON_TTL);
	headers = headers_of(ctx, packet);
	if (!translate_to_vip(ctx, packet, &headers, endpoint, family))
		return dropped(REASON_MALFORMED);
	if (!(traits & TRAIT_DRY))
		count_reply(index, packet->length);
	return send_to_client(ctx, packet, &link, index, REASON_REPLY_STATELESS);
}

/* Turns a reply back to its client; GO_ON when the packet is none. */
static __always_inline outcome turn_back(struct xdp_md *ctx, const struct packet *packet, const int family,
					 __u32 traits)
{
	union flow_key key = {};
	struct answered answered = {};
	const struct reply *candidates;

	if (!read_key(ctx, packet, &key, family))
		return GO_ON;
	candidates = find_candidates(&key, family);
	if (!candidates)
		return GO_ON;
	find_answered(&key, candidates, &answered, family);
	if (answered.flow && answered.endpoint)
		return return_by_flow(ctx, packet, &answered, family, traits);
	if (answered.is_stale)
		return dropped(REASON_DEAD_ENDPOINT);
	return return_without_flow(ctx, packet, &key, candidates, family, traits);
}

__noinline outcome turn_back_v4(struct xdp_md *ctx, __u64 first, __u64 second, __u32 traits)
{
	const struct packet packet = unpacked(ctx, first, second);

	return turn_back(ctx, &packet, V4, traits);
}

__noinline outcome turn_back_v6(struct xdp_md *ctx, __u64 first, __u64 second, __u32 traits)
{
	const struct packet packet = unpacked(ctx, first, second);

	return turn_back(ctx, &packet, V6, traits);
}

#endif
