/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Whether the relay of the listener has the connection already: then it keeps it. */
#ifndef EXPRESSGATEWAY_RELAY_H
#define EXPRESSGATEWAY_RELAY_H

#include "address.h"
#include "packet.h"

/*
 * Whether a local TCP socket other than a listening one has this connection. To a SYN, a socket that
 * only waits out its time is none: the SYN may begin another connection. Not inlined: it shares its
 * stack with what comes after it.
 */
static __noinline bool is_relayed(struct xdp_md *ctx, const union flow_key *key, bool is_opening, const int family)
{
	struct bpf_sock_tuple tuple __attribute__((aligned(8))) = {};
	struct bpf_sock *socket;
	__u32 state;

	if (family == V4) {
		tuple.ipv4.saddr = key->v4.source;
		tuple.ipv4.daddr = key->v4.destination;
		tuple.ipv4.sport = key->v4.source_port_be;
		tuple.ipv4.dport = key->v4.destination_port_be;
		socket = bpf_skc_lookup_tcp(ctx, &tuple, sizeof(tuple.ipv4), BPF_F_CURRENT_NETNS, 0);
	} else {
		copy_address((__u8 *)tuple.ipv6.saddr, key->v6.source);
		copy_address((__u8 *)tuple.ipv6.daddr, key->v6.destination);
		tuple.ipv6.sport = key->v6.source_port_be;
		tuple.ipv6.dport = key->v6.destination_port_be;
		socket = bpf_skc_lookup_tcp(ctx, &tuple, sizeof(tuple.ipv6), BPF_F_CURRENT_NETNS, 0);
	}
	if (!socket)
		return false;
	state = socket->state;
	bpf_sk_release(socket);
	return state != BPF_TCP_LISTEN && !(is_opening && state == BPF_TCP_TIME_WAIT);
}

#endif
