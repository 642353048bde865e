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

/* The packet that an error quotes. */
struct quoted {
	__u16 network; /* offset of its IP header */
	__u16 transport; /* and of what is quoted of its transport header, 8 bytes at least */
	__u8 protocol;
};

/*
 * Reads the quoted packet's tuple, turned round: as its answer would have it. That is the client's key
 * when a reply is quoted, and a reply's tuple when a client's packet is.
 */
static __always_inline bool read_quoted(struct xdp_md *ctx, const struct packet *packet, struct quoted *quoted,
					union flow_key *key, const int family)
{
	struct icmp *icmp = start(ctx) + bounded(packet->transport);
	void *inner = icmp + 1;
	__be16 *ports;

	quoted->network = packet->transport + sizeof(*icmp);
	if (family == V4) {
		struct iphdr *ip = inner;

		if ((void *)(ip + 1) > end(ctx) || !is_icmp_error(icmp->type, family) || ip->ihl < 5 ||
		    ip->frag_off & bpf_htons(IPV4_OFFSET_MASK))
			return false;
		quoted->transport = quoted->network + ip->ihl * 4;
		quoted->protocol = ip->protocol;
		key->v4.source = ip->daddr;
		key->v4.destination = ip->saddr;
	} else {
		struct ipv6hdr *ip = inner;

		if ((void *)(ip + 1) > end(ctx) || !is_icmp_error(icmp->type, family))
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
 * Puts another address and port into the quoted packet, as its source or as its destination, and
 * mends the check sum of the error. The check sum of an IPv4 header makes good for its address, so that
 * neither counts in the error's. The sums are of ~old + new; that of the outer address counts in ICMPv6's
 * pseudo header.
 */
static __always_inline bool translate_quoted(struct xdp_md *ctx, const struct packet *packet,
					     const struct quoted *quoted, const __u8 *address, __be16 port,
					     __u32 address_sum, __u32 outer_sum, const bool is_source,
					     const int family)
{
	struct icmp *icmp;
	__be16 *ports = start(ctx) + bounded(quoted->transport);
	__u32 port_sum;

	if ((void *)(ports + 2) > end(ctx))
		return false;
	ports += is_source ? 0 : 1;
	port_sum = change_of(*ports, port);
	*ports = port;
	port_sum += change_quoted_check(ctx, quoted, address_sum + port_sum);
	if (family == V4) {
		struct iphdr *ip = start(ctx) + bounded(quoted->network);

		if ((void *)(ip + 1) > end(ctx))
			return false;
		*(is_source ? &ip->saddr : &ip->daddr) = v4_of(address);
		ip->check = changed(ip->check, address_sum);
	} else {
		struct ipv6hdr *ip = start(ctx) + bounded(quoted->network);

		if ((void *)(ip + 1) > end(ctx))
			return false;
		copy_address((__u8 *)(is_source ? &ip->saddr : &ip->daddr), address);
		port_sum += address_sum + outer_sum;
	}
	icmp = start(ctx) + bounded(packet->transport);
	if ((void *)(icmp + 1) > end(ctx))
		return false;
	icmp->check = changed(icmp->check, port_sum);
	return true;
}

/* An error about a reply: to the endpoint of the flow. */
static __always_inline outcome error_to_endpoint(struct xdp_md *ctx, struct packet *packet,
						 const struct quoted *quoted, const struct flow *flow,
						 const int family, const __u32 traits)
{
	const __u32 index = flow->endpoint;
	const struct endpoint *endpoint = find_endpoint(index);
	bool is_written;

	if (flow->state == FLOW_PASS || !is_usable(endpoint) || endpoint->generation != flow->generation)
		return passed(REASON_ICMP_OTHER);
	if (endpoint->mode == MODE_NAT) {
		const __u32 sum = (__u16)~endpoint->address_delta;

		is_written = translate_quoted(ctx, packet, quoted, endpoint->address, endpoint->port_be, sum, sum,
					      true, family) &&
			     translate_network(ctx, packet, endpoint->address, sum, false, family);
	} else {
		is_written = lower_hops(ctx, packet, family);
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
		const __u64 *address = (const __u64 *)endpoint->address;

		return (void *)(ip + 1) <= end(ctx) && ((__u64 *)&ip->saddr)[0] == address[0] &&
		       ((__u64 *)&ip->saddr)[1] == address[1];
	}
}

/* An error about a client's packet: to the client. The endpoint's address is not shown to it. */
static __always_inline outcome error_to_client(struct xdp_md *ctx, struct packet *packet, const struct quoted *quoted,
					       const struct answered *answered, const int family, const __u32 traits)
{
	const struct endpoint *endpoint = answered->endpoint;
	const bool is_endpoints = is_from_endpoint(ctx, packet, endpoint, family);
	const __u32 sum = endpoint->address_delta;
	struct link link;
	bool is_written;

	read_client(answered->flow, &link);
	is_written = translate_quoted(ctx, packet, quoted, endpoint->vip_address, endpoint->vip_port_be, sum,
				      is_endpoints ? sum : 0, false, family);
	if (is_endpoints)
		is_written = is_written && translate_network(ctx, packet, endpoint->vip_address, sum, true, family);
	else
		is_written = is_written && lower_hops(ctx, packet, family);
	if (!is_written)
		return dropped(REASON_MALFORMED);
	if (!(traits & TRAIT_DRY))
		count_reply(answered->index, packet->length);
	return send_to_client(ctx, packet, &link, answered->index, REASON_ICMP_ERROR);
}

static __always_inline outcome steer_error(struct xdp_md *ctx, struct packet *packet, const int family,
					   const __u32 traits)
{
	struct quoted quoted = {};
	struct answered answered = {};
	union flow_key key = {};
	const struct reply *candidates;
	struct flow *flow;

	if (packet->malformed || !read_quoted(ctx, packet, &quoted, &key, family))
		return passed(REASON_ICMP_OTHER);
	if (packet->hops <= 1)
		return passed(REASON_TTL);
	flow = find_flow(&key, family);
	if (flow)
		return error_to_endpoint(ctx, packet, &quoted, flow, family, traits);
	candidates = find_candidates(&key, family);
	if (candidates)
		find_answered(&key, candidates, &answered, family);
	if (answered.flow && answered.endpoint)
		return error_to_client(ctx, packet, &quoted, &answered, family, traits);
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
