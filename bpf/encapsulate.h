/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Direct server return over IP in IP: IPv4 in IPv4 (RFC 2003), IPv6 in IPv6 (RFC 2473). The packet
 * goes to its endpoint under an outer header; the endpoint strips it (decapsulate.bpf.c) and answers
 * the client by itself.
 */
#ifndef EXPRESSGATEWAY_ENCAPSULATE_H
#define EXPRESSGATEWAY_ENCAPSULATE_H

#include "address.h"
#include "checksum.h"
#include "link.h"
#include "maps.h"
#include "packet.h"

#define OUTER_HOPS 64

static __always_inline __u32 outer_bytes(const int family)
{
	return family == V4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
}

/*
 * The outer IPv4 header: the inner type of service with its ECN bits (RFC 6040), and "do not
 * fragment", for what does not fit has been answered before.
 */
static __always_inline bool write_outer_v4(struct xdp_md *ctx, __u32 offset, const struct packet *packet,
					   const struct endpoint *endpoint)
{
	struct iphdr *outer = start(ctx) + bounded(offset);
	struct iphdr *inner = outer + 1;
	__u16 *words = (__u16 *)outer;
	__u32 sum = 0;

	if ((void *)(inner + 1) > end(ctx))
		return false;
	*(__u8 *)outer = 0x45;
	outer->tos = inner->tos;
	outer->tot_len = bpf_htons(packet->length + sizeof(*outer));
	outer->id = 0;
	outer->frag_off = bpf_htons(IPV4_DONT_FRAGMENT);
	outer->ttl = OUTER_HOPS;
	outer->protocol = IPPROTO_IPIP;
	outer->check = 0;
	outer->saddr = v4_of(endpoint->outer_source);
	outer->daddr = v4_of(endpoint->address);
#pragma unroll
	for (int i = 0; i < (int)sizeof(*outer) / 2; i++)
		sum += words[i];
	outer->check = ~fold(sum);
	return true;
}

/* The outer IPv6 header: traffic class and flow label as the inner has them. */
static __always_inline bool write_outer_v6(struct xdp_md *ctx, __u32 offset, const struct packet *packet,
					   const struct endpoint *endpoint)
{
	struct ipv6hdr *outer = start(ctx) + bounded(offset);
	struct ipv6hdr *inner = outer + 1;

	if ((void *)(inner + 1) > end(ctx))
		return false;
	*(__u32 *)outer = *(__u32 *)inner;
	outer->payload_len = bpf_htons(packet->length);
	outer->nexthdr = IPPROTO_IPV6;
	outer->hop_limit = OUTER_HOPS;
	copy_address((__u8 *)&outer->saddr, endpoint->outer_source);
	copy_address((__u8 *)&outer->daddr, endpoint->address);
	return true;
}

/*
 * Puts the outer header before the packet and a link header before that. False when there is no room.
 * Not inlined: it shares its stack with what comes after it.
 */
static __noinline int encapsulate(struct xdp_md *ctx, const struct packet *packet, const struct endpoint *endpoint,
				  const struct link *link)
{
	const bool is_v4 = packet->type == bpf_htons(ETH_P_IP);
	const __u32 bytes = link_bytes(link);

	if (bpf_xdp_adjust_head(ctx, (int)packet->network - (int)(bytes + outer_bytes(is_v4 ? V4 : V6))))
		return false;
	if (!write_link(ctx, packet->type, link))
		return false;
	return is_v4 ? write_outer_v4(ctx, bytes, packet, endpoint) : write_outer_v6(ctx, bytes, packet, endpoint);
}

#endif
