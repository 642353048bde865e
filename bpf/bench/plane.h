/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The gateway's part of the maps, by hand: what benches and the kernel matrix need of it. Every function
 * ends the process with a message when the kernel refuses.
 */
#ifndef EXPRESSGATEWAY_PLANE_H
#define EXPRESSGATEWAY_PLANE_H

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdbool.h>

#include "../layout.h"

void fail(const char *what);

/* Opens and loads an object; of its programs only the named one, or all for NULL. */
struct bpf_object *load_object(const char *path, const char *program);

int map_of(struct bpf_object *object, const char *name);
int program_of(struct bpf_object *object, const char *name);
void put(int fd, const void *key, const void *value, const char *what);

/* An address in 16 bytes, IPv4 mapped. */
void parse_address(const char *text, __u8 *address);
bool is_v4_address(const __u8 *address);

__u16 folded(__u64 sum);
__u64 sum_of(const void *bytes, __u32 length);

/* Sets an endpoint, its deltas, and its place among the replies. */
void plane_endpoint(struct bpf_object *object, __u32 index, struct endpoint *endpoint);

/* Sets a VIP and a table that deals its endpoints out in turn: `count` of them from `first` on. */
void plane_vip(struct bpf_object *object, const struct vip_key *key, struct vip vip, __u32 first, __u32 count);

/* Sets the settings, with the rate of jiffies as the kernel has it. */
void plane_settings(struct bpf_object *object, struct settings settings);

#endif
