/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * ICMP errors that the gateway makes: a packet is too big for the way to its endpoint, or its time to
 * live ends. The answer comes from the VIP, quotes the packet's begin and goes back where that came
 * from; not to groups nor to addresses that are nobody's, and so many a second at most.
 *
 * "Too big" is said whether or not an IPv4 packet forbids to be fragmented: XDP cannot fragment, and
 * senders that hear it lower their path MTU and fragment by themselves.
 */
#ifndef EXPRESSGATEWAY_ANSWER_H
#define EXPRESSGATEWAY_ANSWER_H

#include "address.h"
#include "admit.h"
#include "checksum.h"
#include "icmp.h"
#include "link.h"
#include "packet.h"
#include "stats.h"

/* Bytes that are quoted at most, a multiple of 4: IP header, options and more than the first 8 behind. */
#define QUOTED_BYTES 128

#define ANSWER_HOPS 64

/* The sum of the words behind an offset. */
static __always_inline __u32 sum_words(struct xdp_md *ctx, __u32 offset, __u32 bytes, __u32 sum)
{
	for (__u32 i = 0; i < QUOTED_BYTES; i += 4) {
		__u16 *words = start(ctx) + bounded(offset + i);

		if (i >= bytes || (void *)(words + 2) > end(ctx))
			break;
		sum += words[0];
		sum += words[1];
	}
	return sum;
}

static __always_inline void fill_icmp(struct icmp *icmp, __u32 mtu, const int family)
{
	icmp->code = 0;
	icmp->check = 0;
	icmp->rest = bpf_htonl(mtu);
	if (family == V4) {
		icmp->type = mtu ? ICMP_UNREACHABLE : ICMP_TIME_EXCEEDED;
		icmp->code = mtu ? ICMP_FRAGMENTATION_NEEDED : 0;
	} else {
		icmp->type = mtu ? ICMP6_PACKET_TOO_BIG : ICMP6_TIME_EXCEEDED;
	}
}

static __always_inline bool write_answer_v4(struct xdp_md *ctx, __u32 offset, __u32 quoted, __u32 mtu)
{
	struct iphdr *ip = start(ctx) + bounded(offset);
	struct icmp *icmp = (struct icmp *)(ip + 1);
	struct iphdr *inner = (struct iphdr *)(icmp + 1);
	__u16 *words = (__u16 *)ip;
	__u32 sum = 0;

	if ((void *)(inner + 1) > end(ctx))
		return false;
	*(__u8 *)ip = 0x45;
	ip->tos = 0;
	ip->tot_len = bpf_htons(sizeof(*ip) + sizeof(*icmp) + quoted);
	ip->id = 0;
	ip->frag_off = bpf_htons(IPV4_DONT_FRAGMENT);
	ip->ttl = ANSWER_HOPS;
	ip->protocol = IPPROTO_ICMP;
	ip->check = 0;
	ip->saddr = inner->daddr;
	ip->daddr = inner->saddr;
#pragma unroll
	for (int i = 0; i < (int)sizeof(*ip) / 2; i++)
		sum += words[i];
	ip->check = ~fold(sum);
	fill_icmp(icmp, mtu, V4);
	sum = sum_words(ctx, offset + sizeof(*ip), sizeof(*icmp) + quoted, 0);
	icmp = start(ctx) + bounded(offset + sizeof(*ip));
	if ((void *)(icmp + 1) > end(ctx))
		return false;
	icmp->check = ~fold(sum);
	return true;
}

static __always_inline bool write_answer_v6(struct xdp_md *ctx, __u32 offset, __u32 quoted, __u32 mtu)
{
	struct ipv6hdr *ip = start(ctx) + bounded(offset);
	struct icmp *icmp = (struct icmp *)(ip + 1);
	struct ipv6hdr *inner = (struct ipv6hdr *)(icmp + 1);
	__u32 sum;

	if ((void *)(inner + 1) > end(ctx))
		return false;
	*(__be32 *)ip = bpf_htonl(6U << 28);
	ip->payload_len = bpf_htons(sizeof(*icmp) + quoted);
	ip->nexthdr = IPPROTO_ICMPV6;
	ip->hop_limit = ANSWER_HOPS;
	copy_address((__u8 *)&ip->saddr, (__u8 *)&inner->daddr);
	copy_address((__u8 *)&ip->daddr, (__u8 *)&inner->saddr);
	fill_icmp(icmp, mtu, V6);
	/* The pseudo header: both addresses, length, protocol (RFC 8200 section 8.1). */
	sum = bpf_htons(sizeof(*icmp) + quoted) + bpf_htons(IPPROTO_ICMPV6);
	sum = sum_words(ctx, offset + offsetof(struct ipv6hdr, saddr), 32, sum);
	sum = sum_words(ctx, offset + sizeof(*ip), sizeof(*icmp) + quoted, sum);
	icmp = start(ctx) + bounded(offset + sizeof(*ip));
	if ((void *)(icmp + 1) > end(ctx))
		return false;
	icmp->check = ~fold(sum);
	return true;
}

/* Whether the source is one host's: not of 0/8, 127/8, 224/4 or 240/4 (RFC 1122 section 3.2.2). */
static __always_inline bool is_answerable_v4(struct xdp_md *ctx, const struct packet *packet)
{
	struct iphdr *ip = start(ctx) + bounded(packet->network);
	__u8 first;

	if ((void *)(ip + 1) > end(ctx))
		return false;
	first = ((__u8 *)&ip->saddr)[0];
	return first != 0 && first != 127 && first < 224;
}

/* The same: not unspecified, loopback or a group (RFC 4443 section 2.4 e). */
static __always_inline bool is_answerable_v6(struct xdp_md *ctx, const struct packet *packet)
{
	struct ipv6hdr *ip = start(ctx) + bounded(packet->network);
	__u32 *words;

	if ((void *)(ip + 1) > end(ctx))
		return false;
	words = (__u32 *)&ip->saddr;
	return (words[0] | words[1] | words[2] | (words[3] & ~bpf_htonl(1))) && *(__u8 *)words != 0xff;
}

static __always_inline outcome make_answer(struct xdp_md *ctx, const struct packet *packet, __u32 mtu, __u32 traits)
{
	const __u32 reason = mtu ? REASON_TOO_BIG : REASON_TTL_EXCEEDED;
	const bool is_v4 = packet->type == bpf_htons(ETH_P_IP);
	const __u32 header = (is_v4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr)) + sizeof(struct icmp);
	const __u32 kept = QUOTED_BYTES - sizeof(struct icmp);
	__u32 quoted = packet->length < kept ? packet->length & ~3U : kept;
	struct link link = {}, back;
	bool is_written;

	if (!read_link(ctx, packet, &link) || link.destination[0] & 1)
		return dropped(reason);
	if (!(is_v4 ? is_answerable_v4(ctx, packet) : is_answerable_v6(ctx, packet)) || !may_answer(traits))
		return dropped(reason);
	back = link;
	copy_mac(back.destination, link.source);
	copy_mac(back.source, link.destination);
	if (bpf_xdp_adjust_tail(ctx, (int)quoted - packet->length) ||
	    bpf_xdp_adjust_head(ctx, (int)packet->network - (int)(link_bytes(&back) + header)))
		return dropped(reason);
	if (!write_link(ctx, packet->type, &back))
		return dropped(reason);
	is_written = is_v4 ? write_answer_v4(ctx, link_bytes(&back), quoted, mtu) :
			     write_answer_v6(ctx, link_bytes(&back), quoted, mtu);
	return is_written ? outcome_of(NO_FLOW_ENDPOINT, reason, XDP_TX) : dropped(reason);
}

/* Answers a packet: it is too big when there is an MTU, else its time has ended. */
__noinline outcome answer(struct xdp_md *ctx, __u64 first, __u64 second, __u32 mtu, __u32 traits)
{
	const struct packet packet = unpacked(ctx, first, second);
	const outcome outcome = make_answer(ctx, &packet, mtu, traits);

	if (!(traits & TRAIT_DRY) && traits >> TRAIT_VIP_SHIFT)
		count_vip((traits >> TRAIT_VIP_SHIFT) - 1, outcome);
	return outcome;
}

#endif
