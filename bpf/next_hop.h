/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The next hop by the kernel's routing table, where the gateway has not prepared it. */
#ifndef EXPRESSGATEWAY_NEXT_HOP_H
#define EXPRESSGATEWAY_NEXT_HOP_H

#include "address.h"
#include "link.h"
#include "packet.h"

#define FAMILY_V4 2 /* AF_INET */
#define FAMILY_V6 10 /* AF_INET6 */

/*
 * Asks the routing table for the way to an address, of a packet that came in by link->interface. Answers
 * a BPF_FIB_LKUP_RET_ code, or a negative error. A way over a VLAN's own device is none for XDP: such
 * next hops are the gateway's to prepare.
 */
static __noinline int route(struct xdp_md *ctx, const __u8 *source, const __u8 *destination, __u32 is_v4,
			    struct link *link)
{
	struct bpf_fib_lookup query __attribute__((aligned(8))) = {};
	long answer;

	if (is_v4) {
		query.family = FAMILY_V4;
		query.ipv4_src = v4_of(source);
		query.ipv4_dst = v4_of(destination);
	} else {
		query.family = FAMILY_V6;
		copy_address((__u8 *)query.ipv6_src, source);
		copy_address((__u8 *)query.ipv6_dst, destination);
	}
	query.ifindex = link->interface;
	answer = bpf_fib_lookup(ctx, &query, sizeof(query), 0);
	if (answer != BPF_FIB_LKUP_RET_SUCCESS)
		return answer;
	copy_mac(link->destination, query.dmac);
	copy_mac(link->source, query.smac);
	link->vlan = 0;
	link->inner_vlan = 0;
	link->tags = 0;
	link->interface = query.ifindex;
	return BPF_FIB_LKUP_RET_SUCCESS;
}

#endif
