/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Whether a new flow may have an entry. One that may not is forwarded all the same: its endpoint
 * follows from the table alone.
 */
#ifndef EXPRESSGATEWAY_ADMIT_H
#define EXPRESSGATEWAY_ADMIT_H

#include "address.h"
#include "maps.h"
#include "packet.h"

/* Counts one more in the current second, or says that it is used up. */
static __always_inline bool spend(__u64 *since, __u32 *used, __u32 limit, __u32 hertz)
{
	__u64 jiffies = bpf_jiffies64();

	if (jiffies - *since >= hertz) {
		*since = jiffies;
		*used = 0;
	}
	if (*used >= limit)
		return false;
	*used += 1;
	return true;
}

/* A full LRU of sources forgets the source that was idle longest. */
static __always_inline bool spend_of_source(const union flow_key *key, const struct settings *set, const int family)
{
	struct source_key source __attribute__((aligned(8))) = {};
	struct source *bucket;

	if (family == V4)
		map_v4(source.address, key->v4.source);
	else
		*(__u64 *)source.address = *(const __u64 *)key->v6.source;
	bucket = bpf_map_lookup_elem(&sources, &source);
	if (!bucket) {
		struct source fresh = { .since = bpf_jiffies64(), .used = 1 };

		bpf_map_update_elem(&sources, &source, &fresh, BPF_ANY);
		return true;
	}
	return spend(&bucket->since, &bucket->used, set->new_flows_per_source, set->hertz);
}

/* Not inlined: it shares its stack with what comes after it. */
static __noinline bool is_admitted(const union flow_key *key, const int family)
{
	__u32 zero = 0;
	const struct settings *set = bpf_map_lookup_elem(&settings, &zero);
	struct budget *own;

	if (!set)
		return true;
	if (set->flags & SETTINGS_GATE_CLOSED)
		return false;
	if (set->new_flows_per_cpu) {
		own = bpf_map_lookup_elem(&budget, &zero);
		if (own && !spend(&own->since, &own->used, set->new_flows_per_cpu, set->hertz))
			return false;
	}
	return !set->new_flows_per_source || spend_of_source(key, set, family);
}

/* Remembers that a flow was forwarded without an entry: its replies are turned back without one. */
static __always_inline void remember_stateless(void)
{
	__u32 zero = 0;
	struct stateless *when = bpf_map_lookup_elem(&stateless, &zero);
	__u64 jiffies = bpf_jiffies64();

	if (when && when->last != jiffies)
		when->last = jiffies;
}

/* Whether that was lately. */
static __always_inline bool is_stateless_lately(void)
{
	__u32 zero = 0;
	const struct stateless *when = bpf_map_lookup_elem(&stateless, &zero);
	const struct settings *set = bpf_map_lookup_elem(&settings, &zero);

	return when && set && when->last &&
	       bpf_jiffies64() - when->last < (__u64)set->stateless_seconds * set->hertz;
}

#endif
