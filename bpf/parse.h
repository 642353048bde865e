/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * From bytes to a packet and the key of its flow. Frames may be as short as 44 bytes. What cannot be
 * read is passed; what can be read and contradicts itself is marked, and dropped if a VIP is asked.
 */
#ifndef EXPRESSGATEWAY_PARSE_H
#define EXPRESSGATEWAY_PARSE_H

#include "address.h"
#include "packet.h"

/* IPv6 extension headers that are followed, and their bytes in all. */
#define EXTENSION_HEADERS 4
#define EXTENSION_BYTES 128

/* The tag of 802.1Q and 802.1ad. */
struct tag {
	__be16 control;
	__be16 type;
};

static __always_inline bool is_tag(__be16 type)
{
	return type == bpf_htons(ETH_P_8021Q) || type == bpf_htons(ETH_P_8021AD);
}

/* Follows one or two tags. The type behind them stays a tag's when there are more. */
static __noinline int parse_tags(struct xdp_md *ctx, struct packet *packet)
{
	struct tag *tag = start(ctx) + ETH_HLEN;

	if ((void *)(tag + 2) > end(ctx))
		return 0;
	if (packet->type == bpf_htons(ETH_P_8021AD))
		packet->marks |= MARK_SERVICE_TAG;
	packet->vlan = bpf_ntohs(tag->control);
	packet->network = ETH_HLEN + sizeof(*tag);
	packet->type = tag->type;
	if (!is_tag(tag->type))
		return 0;
	tag++;
	packet->inner_vlan = bpf_ntohs(tag->control);
	packet->network = ETH_HLEN + 2 * sizeof(*tag);
	packet->type = tag->type;
	return 0;
}

static __always_inline void parse_link(struct xdp_md *ctx, struct packet *packet)
{
	struct ethhdr *ethernet = start(ctx);

	if ((void *)(ethernet + 1) > end(ctx))
		return;
	packet->network = ETH_HLEN;
	packet->type = *(__be16 *)((void *)ethernet + offsetof(struct ethhdr, h_proto));
	if (unlikely(is_tag(packet->type)))
		parse_tags(ctx, packet);
}

/* Whether the frame ends before the IP packet does. */
static __always_inline bool is_cut(struct xdp_md *ctx, const struct packet *packet, const void *network,
				   const __u32 traits)
{
	if (traits & TRAIT_FRAGS)
		return bpf_xdp_get_buff_len(ctx) < (__u64)packet->network + packet->length;
	return network + packet->length > end(ctx);
}

static __always_inline void mark(struct packet *packet, bool is_contradiction)
{
	if (unlikely(is_contradiction))
		packet->marks |= MARK_MALFORMED;
}

/*
 * Keys are written by words of 8 bytes, which the map reads again at once: reading across two writes
 * would wait for both.
 */
static __always_inline void copy_addresses_v4(struct flow_key_v4 *key, const struct iphdr *ip)
{
	*(__u64 *)key = *(const __u64 *)((const void *)ip + offsetof(struct iphdr, saddr));
}

/* Both ports, protocol and padding. */
static __always_inline void set_ports(union flow_key *key, const void *transport, __u8 protocol, const int family)
{
	const __u64 ports = *(const __u32 *)transport | (__u64)protocol << 32;

	if (family == V4)
		*(__u64 *)&key->v4.source_port_be = ports;
	else
		*(__u64 *)&key->v6.source_port_be = ports;
}

static __always_inline outcome parse_v4(struct xdp_md *ctx, struct packet *packet, struct headers *headers,
					struct flow_key_v4 *key, const __u32 traits)
{
	struct iphdr *ip = start(ctx) + bounded(packet->network);
	__u32 header;

	if ((void *)(ip + 1) > end(ctx))
		return passed(REASON_MALFORMED);
	header = ip->ihl * 4;
	if (ip->version != 4 || header < sizeof(*ip))
		return passed(REASON_MALFORMED);
	if (unlikely(ip->frag_off & bpf_htons(IPV4_FRAGMENT_MASK))) {
		if (ip->protocol != IPPROTO_TCP || ip->frag_off & bpf_htons(IPV4_OFFSET_MASK))
			return passed(REASON_FRAGMENT);
		packet->marks |= MARK_FRAGMENT;
	}
	packet->transport = packet->network + header;
	packet->length = bpf_ntohs(ip->tot_len);
	packet->protocol = ip->protocol;
	packet->hops = ip->ttl;
	mark(packet, packet->length < header || is_cut(ctx, packet, ip, traits));
	headers->network = ip;
	headers->transport = (void *)ip + header;
	copy_addresses_v4(key, ip);
	return GO_ON;
}

/* Of what follow_extensions() answers: the packet is the first fragment of more. */
#define FOUND_FRAGMENT (1 << 24)

/*
 * Finds the transport header behind extension headers. Answers its offset from the first of them in
 * the low half, its protocol above and FOUND_FRAGMENT; a negative number is a reason to pass.
 */
__noinline int follow_extensions(struct xdp_md *ctx, __u64 offset, __u32 type)
{
	__u32 done = 0, fragment = 0;

	/* Unrolled: before Linux 6.2 only a jump may lead back to the head of a loop. */
#pragma unroll
	for (int i = 0; i <= EXTENSION_HEADERS; i++) {
		__u8 *header;

		if (type != IPPROTO_HOPOPTS && type != IPPROTO_ROUTING && type != IPPROTO_DSTOPTS &&
		    type != IPPROTO_FRAGMENT)
			return fragment | type << 16 | done;
		header = start(ctx) + bounded(offset + done);
		if (i == EXTENSION_HEADERS || (void *)(header + 8) > end(ctx))
			break;
		if (type == IPPROTO_FRAGMENT) {
			/* Offset and whether more follow; an atomic fragment (RFC 6946) is a whole packet. */
			if (*(__be16 *)(header + 2) & bpf_htons(0xfff8))
				return -REASON_FRAGMENT;
			if (*(__be16 *)(header + 2) & bpf_htons(1))
				fragment = FOUND_FRAGMENT;
			done += 8;
		} else {
			done += (header[1] + 1) * 8;
		}
		type = header[0];
		if (done > EXTENSION_BYTES)
			break;
	}
	return -REASON_EXTENSION_HEADERS;
}

static __always_inline outcome parse_v6(struct xdp_md *ctx, struct packet *packet, struct headers *headers,
					struct flow_key_v6 *key, const __u32 traits)
{
	struct ipv6hdr *ip = start(ctx) + bounded(packet->network);
	__u32 header = sizeof(*ip);

	if ((void *)(ip + 1) > end(ctx))
		return passed(REASON_MALFORMED);
	if (ip->version != 6)
		return passed(REASON_MALFORMED);
	packet->length = bpf_ntohs(ip->payload_len) + header;
	packet->protocol = ip->nexthdr;
	packet->hops = ip->hop_limit;
	copy_address(key->source, (__u8 *)&ip->saddr);
	copy_address(key->destination, (__u8 *)&ip->daddr);
	if (unlikely(packet->protocol != IPPROTO_TCP && packet->protocol != IPPROTO_UDP &&
		     packet->protocol != IPPROTO_ICMPV6)) {
		int found = follow_extensions(ctx, packet->network + header, packet->protocol);

		if (found < 0)
			return passed(-found);
		packet->protocol = found >> 16;
		header += found & 0xffff;
		if (found & FOUND_FRAGMENT) {
			if (packet->protocol != IPPROTO_TCP)
				return passed(REASON_FRAGMENT);
			packet->marks |= MARK_FRAGMENT;
		}
	}
	packet->transport = packet->network + header;
	mark(packet, packet->length < header || is_cut(ctx, packet, ip, traits));
	headers->network = ip;
	headers->transport = (void *)ip + bounded(header);
	return GO_ON;
}

static __always_inline outcome parse_network(struct xdp_md *ctx, struct packet *packet, struct headers *headers,
					     union flow_key *key, const int family, const __u32 traits)
{
	return family == V4 ? parse_v4(ctx, packet, headers, &key->v4, traits) :
			      parse_v6(ctx, packet, headers, &key->v6, traits);
}

/* Flags that no TCP sends. */
static __always_inline bool contradict(__u8 flags)
{
	return (flags & TCP_SYN && flags & (TCP_FIN | TCP_RST)) ||
	       !(flags & (TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK));
}

static __always_inline outcome parse_transport(struct xdp_md *ctx, struct packet *packet,
					       const struct headers *headers, union flow_key *key, const int family)
{
	void *transport = headers->transport;
	__u32 payload = packet->length - (packet->transport - packet->network);

	if (packet->protocol == IPPROTO_TCP) {
		struct tcphdr *tcp = transport;

		if ((void *)(tcp + 1) > end(ctx))
			return passed(REASON_MALFORMED);
		packet->flags = ((__u8 *)tcp)[13];
		mark(packet, tcp->doff * 4 < sizeof(*tcp) || tcp->doff * 4 > payload || contradict(packet->flags));
	} else if (packet->protocol == IPPROTO_UDP) {
		struct udphdr *udp = transport;

		if ((void *)(udp + 1) > end(ctx))
			return passed(REASON_MALFORMED);
		mark(packet, bpf_ntohs(udp->len) < sizeof(*udp) || bpf_ntohs(udp->len) > payload);
	} else {
		return passed(REASON_NOT_OURS);
	}
	set_ports(key, transport, packet->protocol, family);
	return GO_ON;
}

/* The key of a packet that was parsed before. */
static __always_inline bool read_key(struct xdp_md *ctx, const struct packet *packet, union flow_key *key,
				     const int family)
{
	void *network = start(ctx) + bounded(packet->network), *transport = start(ctx) + bounded(packet->transport);
	struct ipv6hdr *v6 = network;

	if (transport + 4 > end(ctx) || network + (family == V4 ? sizeof(struct iphdr) : sizeof(*v6)) > end(ctx))
		return false;
	if (family == V4) {
		copy_addresses_v4(&key->v4, network);
	} else {
		copy_address(key->v6.source, (__u8 *)&v6->saddr);
		copy_address(key->v6.destination, (__u8 *)&v6->daddr);
	}
	set_ports(key, transport, packet->protocol, family);
	return true;
}

#endif
