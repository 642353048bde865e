/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The maps by which kernel and gateway speak. Names are contract; sizes of the flow tables are the gateway's. */
#ifndef EXPRESSGATEWAY_MAPS_H
#define EXPRESSGATEWAY_MAPS_H

#include "kernel.h"
#include "layout.h"

/*
 * The flow tables. Plain hashes, allocated when they are made: a full table means that new flows are
 * forwarded without an entry, and nothing is evicted by surprise. The gateway collects what is idle.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1000000);
	__type(key, struct flow_key_v4);
	__type(value, struct flow);
} flows_v4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 512000);
	__type(key, struct flow_key_v6);
	__type(value, struct flow);
} flows_v6 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_VIPS);
	__type(key, struct vip_key);
	__type(value, struct vip);
} vips SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_ENDPOINTS);
	__type(key, __u32);
	__type(value, struct endpoint);
} endpoints SEC(".maps");

/*
 * A Maglev table: slot to endpoint index, NO_ENDPOINT where there is none. In memory that the gateway
 * can map: it writes a table in a fraction of the time that calls take.
 */
struct maglev_table {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, MAGLEV_SLOTS);
	__type(key, __u32);
	__type(value, __u32);
};

/* At 2 * id the table of a VIP, at 2 * id + 1 the one before the last swap. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2 * MAX_VIPS);
	__type(key, __u32);
	__array(values, struct maglev_table);
} tables SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_ENDPOINTS);
	__type(key, struct reply_key);
	__type(value, struct reply);
} replies SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, REPLY_PORT_WORDS);
	__type(key, __u32);
	__type(value, struct reply_ports);
} reply_ports SEC(".maps");

/* Networks: a source in deny is dropped unless it is in allow. The values mean nothing. */
#define NETWORKS(name, network)                   \
	struct {                                  \
		__uint(type, BPF_MAP_TYPE_LPM_TRIE); \
		__uint(map_flags, BPF_F_NO_PREALLOC); \
		__uint(max_entries, 65536);       \
		__type(key, struct network);      \
		__type(value, __u32);             \
	} name SEC(".maps")
NETWORKS(deny_v4, network_v4);
NETWORKS(deny_v6, network_v6);
NETWORKS(allow_v4, network_v4);
NETWORKS(allow_v6, network_v6);
#undef NETWORKS

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct settings);
} settings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct budget);
} budget SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct source_key);
	__type(value, struct source);
} sources SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct stateless);
} stateless SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MAX_ENDPOINTS);
	__type(key, __u32);
	__type(value, struct endpoint_count);
} endpoint_counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MAX_VIPS);
	__type(key, __u32);
	__type(value, struct vip_count);
} vip_counts SEC(".maps");

/* Packets by enum reason. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, REASONS);
	__type(key, __u32);
	__type(value, __u64);
} reasons SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

#endif
