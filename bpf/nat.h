/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Network address translation: the VIP's address and port become the endpoint's on the way there,
 * and the endpoint's become the VIP's on the way back. Ports, the hop limit and check sums are all
 * that changes; the check sums by differences that the gateway has prepared (struct endpoint).
 */
#ifndef EXPRESSGATEWAY_NAT_H
#define EXPRESSGATEWAY_NAT_H

#include "address.h"
#include "checksum.h"
#include "maps.h"
#include "packet.h"

/* One hop less, without translation. */
static __always_inline bool lower_hops(struct xdp_md *ctx, void *network, const int family)
{
	if (family == V4) {
		struct iphdr *ip = network;

		if ((void *)(ip + 1) > end(ctx))
			return false;
		ip->ttl--;
		ip->check = changed(ip->check, CHANGE_OF_TTL);
	} else {
		struct ipv6hdr *ip = network;

		if ((void *)(ip + 1) > end(ctx))
			return false;
		ip->hop_limit--;
	}
	return true;
}

/* The network header: one address and one hop less. The sum is of ~old + new, see changed(). */
static __always_inline bool translate_network(struct xdp_md *ctx, void *network, const __u8 *address, __u32 sum,
					      const bool is_reply, const int family)
{
	if (family == V4) {
		struct iphdr *ip = network;

		if ((void *)(ip + 1) > end(ctx))
			return false;
		if (is_reply)
			ip->saddr = v4_of(address);
		else
			ip->daddr = v4_of(address);
		ip->ttl--;
		ip->check = changed(ip->check, sum + CHANGE_OF_TTL);
	} else {
		struct ipv6hdr *ip = network;

		if ((void *)(ip + 1) > end(ctx))
			return false;
		copy_address((__u8 *)(is_reply ? &ip->saddr : &ip->daddr), address);
		ip->hop_limit--;
	}
	return true;
}

/*
 * The transport header: one port, and the check sum over it and the addresses. A UDP check sum of 0
 * is none (RFC 768) and stays so on IPv4; one that comes out as 0 is written as 0xffff.
 */
static __always_inline bool translate_transport(struct xdp_md *ctx, void *transport, __u8 protocol, __be16 port,
						__u32 sum, const bool is_reply, const int family)
{
	if (protocol == IPPROTO_TCP) {
		struct tcphdr *tcp = transport;

		if ((void *)(tcp + 1) > end(ctx))
			return false;
		if (is_reply)
			tcp->source = port;
		else
			tcp->dest = port;
		tcp->check = changed(tcp->check, sum);
	} else {
		struct udphdr *udp = transport;

		if ((void *)(udp + 1) > end(ctx))
			return false;
		if (is_reply)
			udp->source = port;
		else
			udp->dest = port;
		if (udp->check || family == V6) {
			__u16 check = changed(udp->check, sum);

			udp->check = check ? check : 0xffff;
		}
	}
	return true;
}

static __always_inline bool translate_to_endpoint(struct xdp_md *ctx, const struct packet *packet,
						  const struct headers *headers, const struct endpoint *endpoint,
						  const int family)
{
	/* The deltas are what check sums change by, the complement of what sums do. */
	return translate_network(ctx, headers->network, endpoint->address, (__u16)~endpoint->address_delta, false,
				 family) &&
	       translate_transport(ctx, headers->transport, packet->protocol, endpoint->port_be,
				   (__u16)~endpoint->transport_delta, false, family);
}

static __always_inline bool translate_to_vip(struct xdp_md *ctx, const struct packet *packet,
					     const struct headers *headers, const struct endpoint *endpoint,
					     const int family)
{
	return translate_network(ctx, headers->network, endpoint->vip_address, endpoint->address_delta, true,
				 family) &&
	       translate_transport(ctx, headers->transport, packet->protocol, endpoint->vip_port_be,
				   endpoint->transport_delta, true, family);
}

#endif
