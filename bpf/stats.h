/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Counters and events. Each CPU has its own, so that a plain addition is enough. */
#ifndef EXPRESSGATEWAY_STATS_H
#define EXPRESSGATEWAY_STATS_H

#include "address.h"
#include "maps.h"
#include "packet.h"

static __always_inline void count_reason(__u32 reason)
{
	__u64 *count = bpf_map_lookup_elem(&reasons, &reason);

	if (count)
		*count += 1;
}

static __always_inline void count_forward(__u32 endpoint, __u32 bytes)
{
	struct endpoint_count *count = bpf_map_lookup_elem(&endpoint_counts, &endpoint);

	if (count) {
		count->packets += 1;
		count->bytes += bytes;
	}
}

static __always_inline void count_reply(__u32 endpoint, __u32 bytes)
{
	struct endpoint_count *count = bpf_map_lookup_elem(&endpoint_counts, &endpoint);

	if (count) {
		count->reply_packets += 1;
		count->reply_bytes += bytes;
	}
}

static __always_inline void count_flow(__u32 endpoint)
{
	struct endpoint_count *count = bpf_map_lookup_elem(&endpoint_counts, &endpoint);

	if (count)
		count->flows += 1;
}

/* Counts what became of a client's packet under its VIP; what is forwarded counts with its endpoint. */
static __always_inline void count_vip(__u32 vip, outcome outcome)
{
	struct vip_count *count = bpf_map_lookup_elem(&vip_counts, &vip);
	__u32 reason = reason_of(outcome);

	if (!count)
		return;
	if (reason == REASON_NEW_FLOW)
		count->flows += 1;
	else if (reason == REASON_STATELESS)
		count->stateless += 1;
	else if (verdict_of(outcome) == XDP_PASS && reason != REASON_NO_NEXT_HOP)
		count->passed += 1;
	else if (reason >= REASON_DENIED)
		count->dropped += 1;
}

/* Whether an outcome is told to whoever reads events. */
static __always_inline bool is_event(outcome outcome)
{
	return reason_of(outcome) == REASON_NEW_FLOW || reason_of(outcome) >= REASON_DENIED;
}

/* A function of its own, so that the object's BTF has the record. */
static __noinline int write_event(struct event *event, const struct packet *packet, const union flow_key *key,
				  outcome outcome)
{
	event->nanos = bpf_ktime_get_ns();
	if (packet->type == bpf_htons(ETH_P_IP)) {
		map_v4(event->source, key->v4.source);
		map_v4(event->destination, key->v4.destination);
		event->source_port_be = key->v4.source_port_be;
		event->destination_port_be = key->v4.destination_port_be;
	} else {
		copy_address(event->source, key->v6.source);
		copy_address(event->destination, key->v6.destination);
		event->source_port_be = key->v6.source_port_be;
		event->destination_port_be = key->v6.destination_port_be;
	}
	event->protocol = packet->protocol;
	event->reason = reason_of(outcome);
	event->bytes = packet->length;
	event->interface = packet->interface;
	event->endpoint = endpoint_of(outcome);
	return 0;
}

/* Tells an event, or not: when nobody asked, when it is not its turn, when the buffer is full. */
static __noinline int tell(struct xdp_md *ctx, const struct packet *packet, const union flow_key *key,
			   outcome outcome)
{
	__u32 zero = 0;
	const struct settings *set = bpf_map_lookup_elem(&settings, &zero);
	struct event *event;

	if (!set || !(set->flags & SETTINGS_EVENTS))
		return 0;
	if (set->event_sample > 1 && bpf_get_prandom_u32() % set->event_sample)
		return 0;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return 0;
	write_event(event, packet, key, outcome);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

#endif
