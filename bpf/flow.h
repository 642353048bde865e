/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The flow tables: finding, entering and following flows. */
#ifndef EXPRESSGATEWAY_FLOW_H
#define EXPRESSGATEWAY_FLOW_H

#include "address.h"
#include "link.h"
#include "maps.h"
#include "next_hop.h"
#include "packet.h"
#include "parse.h"

/* What is written as one word: see struct flow. */
union owner {
	struct {
		__u16 endpoint;
		__u16 client_inner_vlan;
		__u32 generation;
	};
	__u64 word;
};

static __always_inline __u32 now(void)
{
	return bpf_jiffies64();
}

static __always_inline struct flow *find_flow(const union flow_key *key, const int family)
{
	if (family == V4)
		return bpf_map_lookup_elem(&flows_v4, &key->v4);
	return bpf_map_lookup_elem(&flows_v6, &key->v6);
}

static __always_inline void own(struct flow *flow, __u16 endpoint, __u16 client_inner_vlan, __u32 generation)
{
	union owner owner = {};

	owner.endpoint = endpoint;
	owner.client_inner_vlan = client_inner_vlan;
	owner.generation = generation;
	*(volatile __u64 *)flow = owner.word;
}

/* Remembers where the client's packets come from. */
static __always_inline void learn_client(struct xdp_md *ctx, const struct packet *packet, struct flow *flow)
{
	struct ethhdr *ethernet = start(ctx);

	if ((void *)(ethernet + 1) > end(ctx))
		return;
	copy_mac(flow->gateway_mac, ethernet->h_dest);
	copy_mac(flow->client_mac, ethernet->h_source);
	flow->client_interface = packet->interface;
	flow->client_vlan = packet->vlan;
	flow->client_tags = tags_of(packet);
}

/*
 * A packet of a flow that came by another way than the flow knows: its client's next hop is learnt anew
 * as far as the routing table agrees, for else one forged packet would draw a flow's replies to its
 * sender. Over tags the table is asked for the neighbour alone: the way out is a VLAN's own device there.
 */
static __always_inline int learn_client_anew(struct xdp_md *ctx, const struct packet *packet, const int family)
{
	__u8 client[16] __attribute__((aligned(8))), vip[16] __attribute__((aligned(8)));
	struct link link = { .interface = packet->interface };
	union flow_key key = {};
	struct ethhdr *ethernet;
	struct flow *flow;

	if (!read_key(ctx, packet, &key, family))
		return 0;
	flow = find_flow(&key, family);
	if (family == V4) {
		map_v4(client, key.v4.source);
		map_v4(vip, key.v4.destination);
	} else {
		copy_address(client, key.v6.source);
		copy_address(vip, key.v6.destination);
	}
	if (!flow || route(ctx, vip, client, family == V4, &link) != BPF_FIB_LKUP_RET_SUCCESS)
		return 0;
	ethernet = start(ctx);
	if ((void *)(ethernet + 1) > end(ctx))
		return 0;
	if (packet->vlan || packet->inner_vlan) {
		if (mac_difference(ethernet->h_source, link.destination))
			return 0;
		learn_client(ctx, packet, flow);
	} else if (link.interface == packet->interface) {
		copy_mac(flow->gateway_mac, link.source);
		copy_mac(flow->client_mac, link.destination);
		flow->client_interface = link.interface;
		flow->client_vlan = 0;
		flow->client_tags = 0;
	} else {
		return 0;
	}
	own(flow, flow->endpoint, packet->inner_vlan, flow->generation);
	return 0;
}

__noinline int learn_client_anew_v4(struct xdp_md *ctx, __u64 first, __u64 second)
{
	const struct packet packet = unpacked(ctx, first, second);

	return learn_client_anew(ctx, &packet, V4);
}

__noinline int learn_client_anew_v6(struct xdp_md *ctx, __u64 first, __u64 second)
{
	const struct packet packet = unpacked(ctx, first, second);

	return learn_client_anew(ctx, &packet, V6);
}

/* Looks whether the client's packets still come by the way that the flow knows: one branch for all of it. */
static __always_inline void watch_client(struct xdp_md *ctx, const struct packet *packet, const struct flow *flow,
					 const int family)
{
	struct ethhdr *ethernet = start(ctx);

	if ((void *)(ethernet + 1) > end(ctx))
		return;
	if (unlikely(mac_difference(ethernet->h_source, flow->client_mac) |
		     mac_difference(ethernet->h_dest, flow->gateway_mac) |
		     (flow->client_interface ^ packet->interface) | (flow->client_vlan ^ packet->vlan) |
		     (flow->client_inner_vlan ^ packet->inner_vlan))) {
		if (family == V4)
			learn_client_anew_v4(ctx, first_word(packet), second_word(packet));
		else
			learn_client_anew_v6(ctx, first_word(packet), second_word(packet));
	}
}

static __always_inline void see(struct flow *flow)
{
	__u32 jiffies = now();

	if (flow->seen != jiffies)
		flow->seen = jiffies;
}

/* The state of a flow after a packet of its client. Of DSR no reply is seen: the client's second packet counts. */
static __always_inline __u8 after_client(__u8 state, const struct packet *packet, const bool replies_seen)
{
	if (packet->protocol != IPPROTO_TCP)
		return state;
	if (packet->flags & TCP_RST)
		return FLOW_CLOSED;
	if (packet->flags & TCP_FIN)
		return state == FLOW_ENDPOINT_FIN || state == FLOW_CLOSED ? FLOW_CLOSED : FLOW_CLIENT_FIN;
	if (state == FLOW_SYN && !replies_seen && !(packet->flags & TCP_SYN))
		return FLOW_ESTABLISHED;
	return state;
}

/* The state of a flow after a packet of its endpoint. */
static __always_inline __u8 after_endpoint(__u8 state, const struct packet *packet)
{
	if (packet->protocol != IPPROTO_TCP)
		return state;
	if (packet->flags & TCP_RST)
		return FLOW_CLOSED;
	if (packet->flags & TCP_FIN)
		return state == FLOW_CLIENT_FIN || state == FLOW_CLOSED ? FLOW_CLOSED : FLOW_ENDPOINT_FIN;
	if (state == FLOW_SYN)
		return FLOW_ESTABLISHED;
	return state;
}

/* The state of a flow that begins. One that is taken up in its middle waits for its endpoint like one that opens. */
static __always_inline __u8 first_state(const struct packet *packet)
{
	return packet->protocol == IPPROTO_TCP ? FLOW_SYN : FLOW_UDP;
}

/*
 * Whether a SYN begins another connection under the ports of this flow: it is closed, or its client
 * has said its last word and the endpoint's is not seen here.
 */
static __always_inline bool is_reopened(const struct flow *flow, const struct packet *packet, const bool replies_seen)
{
	return unlikely(is_opening(packet)) &&
	       (flow->state == FLOW_CLOSED || (!replies_seen && flow->state == FLOW_CLIENT_FIN));
}

/*
 * Enters a flow, or gives the one that is there another owner. Answers 0, or an error of the map.
 * Another CPU may have entered the same flow at the same time: it chose the same endpoint.
 */
static __always_inline long enter(struct xdp_md *ctx, const struct packet *packet, const union flow_key *key,
				  struct flow *flow, const struct flow *fresh, const int family)
{
	long error;

	if (flow) {
		flow->state = fresh->state;
		flow->seen = fresh->seen;
		learn_client(ctx, packet, flow);
		own(flow, fresh->endpoint, fresh->client_inner_vlan, fresh->generation);
		return 0;
	}
	error = family == V4 ? bpf_map_update_elem(&flows_v4, &key->v4, fresh, BPF_NOEXIST) :
			       bpf_map_update_elem(&flows_v6, &key->v6, fresh, BPF_NOEXIST);
	return error == -17 /* EEXIST */ ? 0 : error;
}

#endif
