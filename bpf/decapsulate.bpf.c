// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * For endpoints behind direct server return over IP in IP: takes the outer header off and passes the
 * packet to the kernel, where the VIP is on the loopback interface. It stands in for an ipip or ip6tnl
 * device that the endpoint may not have.
 *
 * Only tunnels from the gateways named in the map `gateways` are opened: whoever may wrap packets may
 * speak from any address. Everything else is passed as it is.
 */
#include "address.h"
#include "kernel.h"
#include "layout.h"
#include "link.h"
#include "packet.h"
#include "parse.h"

char decapsulate_license[] SEC("license") = "Dual BSD/GPL";

/* Networks of gateways, outer sources of what they send. The values mean nothing. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, struct network_v6);
	__type(value, __u32);
} gateways SEC(".maps");

/* Packets opened, and packets of strangers that looked like a tunnel. */
struct decapsulated {
	__u64 opened;
	__u64 strangers;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct decapsulated);
} decapsulated SEC(".maps");

/* Whether the packet is a tunnel's whole packet; its outer source and header length. */
static __always_inline bool read_outer(struct xdp_md *ctx, const struct packet *packet, struct network_v6 *source,
				       __u32 *header)
{
	struct ipv6hdr *v6 = start(ctx) + bounded(packet->network);
	struct iphdr *v4 = start(ctx) + bounded(packet->network);
	__u8 address[16] __attribute__((aligned(8)));

	if (packet->type == bpf_htons(ETH_P_IP)) {
		if ((void *)(v4 + 1) > end(ctx) || v4->protocol != IPPROTO_IPIP || v4->ihl < 5 ||
		    v4->frag_off & bpf_htons(IPV4_FRAGMENT_MASK))
			return false;
		*header = v4->ihl * 4;
		map_v4(address, v4->saddr);
	} else if (packet->type == bpf_htons(ETH_P_IPV6)) {
		if ((void *)(v6 + 1) > end(ctx) || v6->nexthdr != IPPROTO_IPV6)
			return false;
		*header = sizeof(*v6);
		copy_address(address, (__u8 *)&v6->saddr);
	} else {
		return false;
	}
	source->prefix = 128;
	for (int i = 0; i < 4; i++)
		((__u32 *)source->address)[i] = ((__u32 *)address)[i];
	return true;
}

/* Takes the outer header off; the link header stays. */
static __always_inline bool open_tunnel(struct xdp_md *ctx, struct packet *packet, __u32 header)
{
	struct link link = {};

	if (!read_link(ctx, packet, &link))
		return false;
	packet->network += header;
	return relink(ctx, packet, &link);
}

static __always_inline void count(bool is_opened)
{
	__u32 zero = 0;
	struct decapsulated *counts = bpf_map_lookup_elem(&decapsulated, &zero);

	if (counts && is_opened)
		counts->opened += 1;
	else if (counts)
		counts->strangers += 1;
}

static __always_inline int run(struct xdp_md *ctx)
{
	struct packet packet = {};
	struct network_v6 source;
	__u32 header;

	parse_link(ctx, &packet);
	if (!read_outer(ctx, &packet, &source, &header))
		return XDP_PASS;
	if (!bpf_map_lookup_elem(&gateways, &source)) {
		count(false);
		return XDP_PASS;
	}
	if (!open_tunnel(ctx, &packet, header))
		return XDP_DROP;
	count(true);
	return XDP_PASS;
}

SEC("xdp")
int decapsulate(struct xdp_md *ctx)
{
	return run(ctx);
}

/* For interfaces whose packets may go on behind the first buffer. Needs Linux 5.18. */
SEC("xdp.frags")
int decapsulate_frags(struct xdp_md *ctx)
{
	return run(ctx);
}
