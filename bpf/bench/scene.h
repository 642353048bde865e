/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * One VIP of each family with sixteen endpoints, in the maps of a loaded object, and packets for it.
 * Addresses are of the documentation and benchmark networks.
 */
#ifndef EXPRESSGATEWAY_SCENE_H
#define EXPRESSGATEWAY_SCENE_H

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdbool.h>

#include "../layout.h"
#include "harness.h"

#define SCENE_ENDPOINTS 16
#define SCENE_INTERFACE 1 /* where test_run has packets come from: they are sent back */

/* What the packets of a scene are. */
enum packets {
	PACKETS_OF_CLIENT,
	PACKETS_OF_ENDPOINT,
	PACKETS_OF_STRANGERS,
};

struct scene {
	int family; /* 4 or 6 */
	__u8 mode; /* enum mode */
	bool is_gate_closed;
	bool is_denied;
	bool is_single; /* the table knows one endpoint alone */
};

/* Fills the maps. */
void scene_set(struct bpf_object *object, const struct scene *scene);

/* A 64-byte TCP segment (80 bytes with IPv6) with right check sums, of the first tuple. */
void scene_packet(const struct scene *scene, enum packets packets, __u8 flags, struct recipe *recipe);

/* Whether all check sums of an IP packet, and of one inside it, are right. Computed from scratch. */
bool has_right_checksums(const __u8 *ip, __u32 length);

#endif
