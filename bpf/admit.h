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

/* Begins another second when the current one is over. */
static __always_inline bool is_over(__u64 since, const struct settings *set)
{
	return bpf_jiffies64() - since >= set->hertz;
}

/* The CPU's budget of the current second. In a dry run it is only looked at, and may be of a second that is over. */
static __always_inline struct budget *current_budget(const struct settings *set, __u32 traits)
{
	__u32 zero = 0;
	struct budget *own = bpf_map_lookup_elem(&budget, &zero);

	if (own && !(traits & TRAIT_DRY) && is_over(own->since, set)) {
		own->since = bpf_jiffies64();
		own->used = 0;
		own->answered = 0;
	}
	return own;
}

/* Counts one more of something, or says that the second's are used up. In a dry run nothing is counted. */
static __always_inline bool spend(__u64 since, __u32 *used, __u32 limit, const struct settings *set, __u32 traits)
{
	if (traits & TRAIT_DRY)
		return *used < limit || is_over(since, set);
	if (*used >= limit)
		return false;
	*used += 1;
	return true;
}

/* Takes a token of the source's bucket. A full LRU of sources forgets the source that was idle longest. */
static __always_inline bool spend_of_source(const union flow_key *key, const struct settings *set, const int family,
					    __u32 traits)
{
	struct source_key address __attribute__((aligned(8))) = {};
	const __u64 now = bpf_jiffies64() << SOURCE_SHIFT, second = (__u64)set->hertz << SOURCE_SHIFT;
	struct source fresh = { .full = now + second / set->new_flows_per_source };
	struct source *source;

	if (family == V4)
		map_v4(address.address, key->v4.source);
	else
		*(__u64 *)address.address = *(const __u64 *)key->v6.source;
	source = bpf_map_lookup_elem(&sources, &address);
	if (!source) {
		if (!(traits & TRAIT_DRY))
			bpf_map_update_elem(&sources, &address, &fresh, BPF_ANY);
		return true;
	}
	if (source->full > now)
		fresh.full += source->full - now;
	if (fresh.full > now + second)
		return false;
	if (!(traits & TRAIT_DRY))
		source->full = fresh.full;
	return true;
}

static __always_inline bool spend_of_cpu(const struct settings *set, __u32 traits)
{
	struct budget *own = current_budget(set, traits);

	return !own || spend(own->since, &own->used, set->new_flows_per_cpu, set, traits);
}

/*
 * The source is asked first, so that one that floods does not use up what others have. Not inlined: it
 * shares its stack with what comes after it.
 */
static __noinline bool is_admitted(const union flow_key *key, const int family, __u32 traits)
{
	__u32 zero = 0;
	const struct settings *set = bpf_map_lookup_elem(&settings, &zero);

	if (!set)
		return true;
	if (set->flags & SETTINGS_GATE_CLOSED)
		return false;
	if (set->new_flows_per_source && !spend_of_source(key, set, family, traits))
		return false;
	return !set->new_flows_per_cpu || spend_of_cpu(set, traits);
}

/* ICMP errors that a CPU sends in a second: as many as Linux does in all (net.ipv4.icmp_msgs_per_sec). */
#define ANSWERS_PER_CPU 1000

/* Whether one more packet may be answered by an error (RFC 4443 section 2.4 f). */
static __always_inline bool may_answer(__u32 traits)
{
	__u32 zero = 0;
	const struct settings *set = bpf_map_lookup_elem(&settings, &zero);
	struct budget *own;

	if (!set)
		return true;
	own = current_budget(set, traits);
	return !own || spend(own->since, &own->answered, ANSWERS_PER_CPU, set, traits);
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
