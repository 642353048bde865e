/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Link headers: addresses and tags towards the next hop, and the way out. */
#ifndef EXPRESSGATEWAY_LINK_H
#define EXPRESSGATEWAY_LINK_H

#include "address.h"
#include "packet.h"
#include "parse.h"

/* The link header that a packet shall have. */
struct link {
	/* In the order of the header, see copy_macs(). */
	__u8 destination[ETH_ALEN];
	__u8 source[ETH_ALEN];
	__u16 vlan;
	__u16 inner_vlan;
	__u32 interface;
	__u8 tags; /* as struct flow has them */
} __attribute__((aligned(8)));

static __always_inline __u32 link_bytes(const struct link *link)
{
	return ETH_HLEN + (link->vlan ? sizeof(struct tag) : 0) + (link->inner_vlan ? sizeof(struct tag) : 0);
}

/* The link header that the packet came with. */
static __always_inline bool read_link(struct xdp_md *ctx, const struct packet *packet, struct link *link)
{
	struct ethhdr *ethernet = start(ctx);

	if ((void *)(ethernet + 1) > end(ctx))
		return false;
	copy_macs(link->destination, (__u8 *)ethernet);
	link->vlan = packet->vlan;
	link->inner_vlan = packet->inner_vlan;
	link->interface = packet->interface;
	link->tags = tags_of(packet);
	return true;
}

/*
 * Writes a link header for which there is room. A tag whose control is 0 says nothing that a frame
 * without a tag does not, and is left out.
 */
static __always_inline bool write_link(struct xdp_md *ctx, __be16 type, const struct link *link)
{
	struct ethhdr *ethernet = start(ctx);
	struct tag *tag = start(ctx) + ETH_HLEN;
	__be16 first = bpf_htons(link->tags & CLIENT_TAGS_SERVICE ? ETH_P_8021AD : ETH_P_8021Q);

	if ((void *)(tag + 2) > end(ctx))
		return false;
	copy_macs((__u8 *)ethernet, link->destination);
	if (!link->vlan && !link->inner_vlan) {
		ethernet->h_proto = type;
	} else if (!link->vlan || !link->inner_vlan) {
		ethernet->h_proto = first;
		tag->control = bpf_htons(link->vlan | link->inner_vlan);
		tag->type = type;
	} else {
		ethernet->h_proto = first;
		tag->control = bpf_htons(link->vlan);
		tag->type = bpf_htons(ETH_P_8021Q);
		tag++;
		tag->control = bpf_htons(link->inner_vlan);
		tag->type = type;
	}
	return true;
}

/* Gives the packet another link header. False when the driver has no room for it. */
static __noinline int relink(struct xdp_md *ctx, const struct packet *packet, const struct link *link)
{
	__u32 bytes = link_bytes(link);

	if (bytes != packet->network && bpf_xdp_adjust_head(ctx, (int)packet->network - (int)bytes))
		return false;
	return write_link(ctx, packet->type, link);
}

/* Out of the interface: back where it came from, or over. */
static __always_inline __u32 transmit(const struct packet *packet, __u32 interface)
{
	return interface == packet->interface ? XDP_TX : (__u32)bpf_redirect(interface, 0);
}

#endif
