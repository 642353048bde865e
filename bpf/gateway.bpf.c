// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The packet path. A packet is parsed; it is a reply and turned back, or looked for in the flow table
 * and sent to its endpoint; what the table does not know is a new flow of a VIP, or not ours.
 * docs/arch/life-of-a-packet.md tells it from end to end. What is unsure is passed to the kernel, where
 * the relay of the same listener is.
 */
#include "kernel.h"
#include "layout.h"
#include "maps.h"
#include "packet.h"
#include "parse.h"
#include "flow.h"
#include "error.h"
#include "follow.h"
#include "meet.h"
#include "reply.h"
#include "stats.h"

char gateway_license[] SEC("license") = "Dual BSD/GPL";

static __always_inline outcome steer_family(struct xdp_md *ctx, struct packet *packet, const int family,
					    const __u32 traits)
{
	struct headers headers;
	union flow_key key;
	struct flow *flow = NULL;
	outcome outcome;

	outcome = parse_network(ctx, packet, &headers, &key, family, traits);
	if (outcome != GO_ON)
		return outcome;
	if (packet->protocol == (family == V4 ? IPPROTO_ICMP : IPPROTO_ICMPV6))
		return family == V4 ? steer_error_v4(ctx, first_word(packet), second_word(packet), traits) :
				      steer_error_v6(ctx, first_word(packet), second_word(packet), traits);
	outcome = parse_transport(ctx, packet, &headers, &key, family);
	if (outcome != GO_ON)
		return outcome;
	if (likely(is_whole(packet))) {
		if (is_reply_port(family == V4 ? key.v4.source_port_be : key.v6.source_port_be)) {
			outcome = family == V4 ? turn_back_v4(ctx, first_word(packet), second_word(packet), traits) :
						 turn_back_v6(ctx, first_word(packet), second_word(packet), traits);
			headers = headers_of(ctx, packet);
		}
		if (outcome == GO_ON)
			flow = find_flow(&key, family);
		if (flow)
			outcome = follow(ctx, packet, &headers, &key, flow, family, traits);
	}
	if (outcome == GO_ON) {
		const __u32 known = flow ? traits | TRAIT_KNOWN : traits;

		outcome = family == V4 ? meet_v4(ctx, first_word(packet), second_word(packet), known) :
					 meet_v6(ctx, first_word(packet), second_word(packet), known);
	}
	if (!(traits & TRAIT_DRY) && unlikely(is_event(outcome)))
		tell(ctx, packet, &key, outcome);
	return outcome;
}

static __always_inline outcome steer(struct xdp_md *ctx, const __u32 traits)
{
	struct packet packet = { .interface = ctx->ingress_ifindex };

	parse_link(ctx, &packet);
	if (packet.type == bpf_htons(ETH_P_IP))
		return steer_family(ctx, &packet, V4, traits);
	if (packet.type == bpf_htons(ETH_P_IPV6))
		return steer_family(ctx, &packet, V6, traits);
	return passed(is_tag(packet.type) ? REASON_TUNNEL : REASON_NOT_IP);
}

static __always_inline int run(struct xdp_md *ctx, const __u32 traits)
{
	outcome outcome = steer(ctx, traits);

	count_reason(reason_of(outcome));
	return verdict_of(outcome);
}

SEC("xdp")
int gateway(struct xdp_md *ctx)
{
	return run(ctx, 0);
}

/* For interfaces whose packets may go on behind the first buffer. Needs Linux 5.18. */
SEC("xdp.frags")
int gateway_frags(struct xdp_md *ctx)
{
	return run(ctx, TRAIT_FRAGS);
}

/* What would become of a packet: reason and verdict, and the packet as it would leave. Changes no map. */
SEC("xdp")
int explain(struct xdp_md *ctx)
{
	return steer(ctx, TRAIT_DRY) & 0xffff;
}

/* Writes jiffies into the first 8 bytes of the packet: how user space learns their rate and value. */
SEC("xdp")
int clock(struct xdp_md *ctx)
{
	__u64 *jiffies = start(ctx);

	if ((void *)(jiffies + 1) > end(ctx))
		return XDP_ABORTED;
	*jiffies = bpf_jiffies64();
	return XDP_PASS;
}
