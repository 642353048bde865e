/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * ICMP errors that others send about packets of a flow, steered by the packet that they quote. One
 * about a reply (VIP to client) goes to the endpoint, that of a client's packet (client to endpoint)
 * to the client; under NAT each sees its own addresses in it (RFC 5508 section 4).
 */
#ifndef EXPRESSGATEWAY_ERROR_H
#define EXPRESSGATEWAY_ERROR_H

#include "address.h"
#include "checksum.h"
#include "flow.h"
#include "forward.h"
#include "icmp.h"
#include "nat.h"
#include "packet.h"
#include "reply.h"
#include "select.h"
#include "stats.h"

/* The packet that an error quotes, and what shall be put into it. */
struct quoted {
	__u16 network; /* offset of its IP header */
	__u16 transport; /* and of what is quoted of its transport header, 8 bytes at least */
	__u8 protocol;
	bool is_source; /* whether its source is replaced; else its destination */
	__be16 port;
	const __u8 *address;
	/* Sums of ~old + new: of the address in the quoted packet, and of the one in the outer header. */
	__u32 address_sum;
	__u32 outer_sum;
};

/*
 * Reads the quoted packet's tuple, turned round: as its answer would have it. That is the client's key
 * when a reply is quoted, and a reply's tuple when a client's packet is. An error goes to who sent the
 * packet that it quotes; one that does not is nothing of ours.
 */
static __always_inline bool read_quoted(struct xdp_md *ctx, const struct packet *packet, struct quoted *quoted,
					union flow_key *key, const int family)
{
	void *outer = start(ctx) + bounded(packet->network);
	struct icmp *icmp = start(ctx) + bounded(packet->transport);
	void *inner = icmp + 1;
	__be16 *ports;

	quoted->network = packet->transport + sizeof(*icmp);
	if (family == V4) {
		struct iphdr *ip = inner, *around = outer;

		if ((void *)(ip + 1) > end(ctx) || (void *)(around + 1) > end(ctx) || around->daddr != ip->saddr)
			return false;
		if (!is_icmp_error(icmp->type, family) || ip->ihl < 5 ||
		    ip->frag_off & bpf_htons(IPV4_OFFSET_MASK))
			return false;
		quoted->transport = quoted->network + ip->ihl * 4;
		quoted->protocol = ip->protocol;
		key->v4.source = ip->daddr;
		key->v4.destination = ip->saddr;
	} else {
		struct ipv6hdr *ip = inner, *around = outer;

		if ((void *)(ip + 1) > end(ctx) || (void *)(around + 1) > end(ctx) ||
		    !same_address((__u8 *)&around->daddr, (__u8 *)&ip->saddr) || !is_icmp_error(icmp->type, family))
			return false;
		quoted->transport = quoted->network + sizeof(*ip);
		quoted->protocol = ip->nexthdr;
		copy_address(key->v6.source, (__u8 *)&ip->daddr);
		copy_address(key->v6.destination, (__u8 *)&ip->saddr);
	}
	ports = start(ctx) + bounded(quoted->transport);
	if ((void *)(ports + 4) > end(ctx) || (quoted->protocol != IPPROTO_TCP && quoted->protocol != IPPROTO_UDP))
		return false;
	if (family == V4) {
		key->v4.source_port_be = ports[1];
		key->v4.destination_port_be = ports[0];
		key->v4.protocol = quoted->protocol;
	} else {
		key->v6.source_port_be = ports[1];
		key->v6.destination_port_be = ports[0];
		key->v6.protocol = quoted->protocol;
	}
	return true;
}

/*
 * Changes the quoted transport header's check sum if that much is quoted. Answers what the change
 * adds to the sum over it.
 */
static __always_inline __u32 change_quoted_check(struct xdp_md *ctx, const struct quoted *quoted, __u32 sum)
{
	const bool is_tcp = quoted->protocol == IPPROTO_TCP;
	__u16 *check = start(ctx) + bounded(quoted->transport + (is_tcp ? offsetof(struct tcphdr, check) :
									  offsetof(struct udphdr, check)));
	__u16 old;

	if ((void *)(check + 1) > end(ctx) || (!is_tcp && !*check))
		return 0;
	old = *check;
	*check = changed(old, sum);
	if (!is_tcp && !*check)
		*check = 0xffff;
	return change_of(old, *check);
}

/*
 * Puts another address and port into the quoted packet and mends the check sum of the error. The check
 * sum of an IPv4 header makes good for its address, so that neither counts in the error's; ICMPv6's
 * pseudo header has the outer address. Not inlined: it shares its stack with what comes after it.
 */
static __noinline int translate_quoted(struct xdp_md *ctx, const struct packet *packet, const struct quoted *quoted,
				       const int family)
{
	struct icmp *icmp;
	__be16 *port = start(ctx) + bounded(quoted->transport + (quoted->is_source ? 0 : sizeof(*port)));
	__u32 sum;

	if ((void *)(port + 1) > end(ctx))
		return false;
	sum = change_of(*port, quoted->port);
	*port = quoted->port;
	sum += change_quoted_check(ctx, quoted, quoted->address_sum + sum);
	if (family == V4) {
		struct iphdr *ip = start(ctx) + bounded(quoted->network);

		if ((void *)(ip + 1) > end(ctx))
			return false;
		if (quoted->is_source)
			ip->saddr = v4_of(quoted->address);
		else
			ip->daddr = v4_of(quoted->address);
		ip->check = changed(ip->check, quoted->address_sum);
	} else {
		struct ipv6hdr *ip = start(ctx) + bounded(quoted->network);

		if ((void *)(ip + 1) > end(ctx))
			return false;
		if (quoted->is_source)
			copy_address((__u8 *)&ip->saddr, quoted->address);
		else
			copy_address((__u8 *)&ip->daddr, quoted->address);
		sum += quoted->address_sum + quoted->outer_sum;
	}
	icmp = start(ctx) + bounded(packet->transport);
	if ((void *)(icmp + 1) > end(ctx))
		return false;
	icmp->check = changed(icmp->check, sum);
	return true;
}

/* An error about a reply: to the endpoint of the flow. */
static __always_inline outcome error_to_endpoint(struct xdp_md *ctx, struct packet *packet, struct quoted *quoted,
						 const struct flow *flow, const int family, const __u32 traits)
{
	const __u32 index = flow->endpoint;
	const struct endpoint *endpoint = find_endpoint(index);
	bool is_written;

	if (flow->state == FLOW_PASS || !is_usable(endpoint) || endpoint->generation != flow->generation)
		return passed(REASON_ICMP_OTHER);
	if (endpoint->mode == MODE_NAT) {
		quoted->is_source = true;
		quoted->address = endpoint->address;
		quoted->port = endpoint->port_be;
		quoted->address_sum = (__u16)~endpoint->address_delta;
		quoted->outer_sum = quoted->address_sum;
		is_written = translate_quoted(ctx, packet, quoted, family) &&
			     translate_network(ctx, headers_of(ctx, packet).network, endpoint->address,
					       quoted->address_sum, false, family);
	} else {
		is_written = lower_hops(ctx, headers_of(ctx, packet).network, family);
	}
	if (!is_written)
		return dropped(REASON_MALFORMED);
	if (!(traits & TRAIT_DRY))
		count_forward(index, packet->length);
	return send(ctx, packet, endpoint, index, REASON_ICMP_ERROR, family);
}

/* Whether the error itself comes from an endpoint, and not from a router before it. */
static __always_inline bool is_from_endpoint(struct xdp_md *ctx, const struct packet *packet,
					     const struct endpoint *endpoint, const int family)
{
	if (family == V4) {
		struct iphdr *ip = start(ctx) + bounded(packet->network);

		return (void *)(ip + 1) <= end(ctx) && ip->saddr == v4_of(endpoint->address);
	} else {
		struct ipv6hdr *ip = start(ctx) + bounded(packet->network);

		return (void *)(ip + 1) <= end(ctx) && same_address((__u8 *)&ip->saddr, endpoint->address);
	}
}

/*
 * An error about a client's packet: to the client. The endpoint's address is not shown to it. Not
 * inlined: it shares its stack with what comes after it.
 */
static __noinline outcome error_to_client(struct xdp_md *ctx, struct packet *packet, struct quoted *quoted,
					  const struct answered *answered, __u32 traits)
{
	const int family = packet->type == bpf_htons(ETH_P_IP) ? V4 : V6;
	const struct endpoint *endpoint = answered->endpoint;
	const bool is_endpoints = is_from_endpoint(ctx, packet, endpoint, family);
	struct link link;
	bool is_written;

	read_client(answered->flow, &link);
	quoted->address = endpoint->vip_address;
	quoted->port = endpoint->vip_port_be;
	quoted->address_sum = endpoint->address_delta;
	quoted->outer_sum = is_endpoints ? quoted->address_sum : 0;
	is_written = translate_quoted(ctx, packet, quoted, family) &&
		     (is_endpoints ? translate_network(ctx, headers_of(ctx, packet).network, endpoint->vip_address,
						       quoted->address_sum, true, family) :
				     lower_hops(ctx, headers_of(ctx, packet).network, family));
	if (!is_written)
		return dropped(REASON_MALFORMED);
	if (!(traits & TRAIT_DRY))
		count_reply(answered->index, packet->length);
	return send_to_client(ctx, packet, &link, answered->index, REASON_ICMP_ERROR);
}

/* The flow whose client sent the quoted packet. Not inlined: it shares its stack with what comes after it. */
static __noinline int find_sender(const union flow_key *key, struct answered *answered, const int family)
{
	const struct reply *candidates = find_candidates(key, family);

	if (candidates)
		find_answered(key, candidates, answered, family);
	return 0;
}

static __always_inline outcome steer_error(struct xdp_md *ctx, struct packet *packet, const int family,
					   const __u32 traits)
{
	struct quoted quoted = {};
	struct answered answered = {};
	union flow_key key = {};
	struct flow *flow;

	if (is_malformed(packet) || !read_quoted(ctx, packet, &quoted, &key, family))
		return passed(REASON_ICMP_OTHER);
	if (packet->hops <= 1)
		return passed(REASON_TTL);
	flow = find_flow(&key, family);
	if (flow)
		return error_to_endpoint(ctx, packet, &quoted, flow, family, traits);
	find_sender(&key, &answered, family);
	if (answered.flow && answered.endpoint)
		return error_to_client(ctx, packet, &quoted, &answered, traits);
	return passed(REASON_ICMP_OTHER);
}

__noinline outcome steer_error_v4(struct xdp_md *ctx, __u64 first, __u64 second, __u32 traits)
{
	struct packet packet = unpacked(ctx, first, second);

	return steer_error(ctx, &packet, V4, traits);
}

__noinline outcome steer_error_v6(struct xdp_md *ctx, __u64 first, __u64 second, __u32 traits)
{
	struct packet packet = unpacked(ctx, first, second);

	return steer_error(ctx, &packet, V6, traits);
}

#endif
