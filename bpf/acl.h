/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Who may open flows. Asked on a miss alone: the gateway purges the flows of a network that it denies. */
#ifndef EXPRESSGATEWAY_ACL_H
#define EXPRESSGATEWAY_ACL_H

#include "maps.h"
#include "packet.h"

/* Whether the source is in a denied network and in none that is allowed. Not inlined: it shares its stack. */
static __noinline bool is_denied(const union flow_key *key, const int family)
{
	if (family == V4) {
		struct network_v4 source = { .prefix = 32 };

		*(__u32 *)source.address = key->v4.source;
		return bpf_map_lookup_elem(&deny_v4, &source) && !bpf_map_lookup_elem(&allow_v4, &source);
	} else {
		struct network_v6 source = { .prefix = 128 };

		for (int i = 0; i < 4; i++)
			((__u32 *)source.address)[i] = ((const __u32 *)key->v6.source)[i];
		return bpf_map_lookup_elem(&deny_v6, &source) && !bpf_map_lookup_elem(&allow_v6, &source);
	}
}

#endif
