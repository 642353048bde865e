// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "plane.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

struct bpf_object *load_object(const char *path, const char *name)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program;

	if (!object)
		fail(path);
	if (name)
		bpf_object__for_each_program(program, object)
			bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
	if (bpf_object__load(object))
		fail(path);
	return object;
}

int map_of(struct bpf_object *object, const char *name)
{
	int fd = bpf_object__find_map_fd_by_name(object, name);

	if (fd < 0)
		fail(name);
	return fd;
}

int program_of(struct bpf_object *object, const char *name)
{
	int fd = bpf_program__fd(bpf_object__find_program_by_name(object, name));

	if (fd < 0)
		fail(name);
	return fd;
}

void put(int fd, const void *key, const void *value, const char *what)
{
	if (bpf_map_update_elem(fd, key, value, BPF_ANY))
		fail(what);
}

void parse_address(const char *text, __u8 *address)
{
	memset(address, 0, 16);
	if (inet_pton(AF_INET, text, address + 12) == 1)
		address[10] = address[11] = 0xff;
	else if (inet_pton(AF_INET6, text, address) != 1)
		fail(text);
}

bool is_v4_address(const __u8 *address)
{
	static const __u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

	return !memcmp(address, mapped, sizeof(mapped));
}

__u16 folded(__u64 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

__u64 sum_of(const void *bytes, __u32 length)
{
	const __u8 *at = bytes;
	__u64 sum = 0;

	for (__u32 i = 0; i + 1 < length; i += 2)
		sum += at[i] | at[i + 1] << 8;
	if (length & 1)
		sum += at[length - 1];
	return sum;
}

/* What a check sum changes by when one thing becomes another: old + ~new. */
static __u16 delta(const void *from, const void *to, __u32 length)
{
	const __u8 *old = from, *new = to;
	__u64 sum = 0;

	for (__u32 i = 0; i < length; i += 2)
		sum += (old[i] | old[i + 1] << 8) + (__u16) ~(new[i] | new[i + 1] << 8);
	return folded(sum);
}

/* One more endpoint that answers from an address and port. */
static void add_reply(struct bpf_object *object, __u32 index, const struct endpoint *endpoint)
{
	struct reply_key from = { .port_be = endpoint->port_be, .protocol = endpoint->protocol };
	struct reply reply = {};
	struct reply_ports ports = {};
	__u32 word = ntohs(endpoint->port_be) / 64;

	memcpy(from.address, endpoint->address, 16);
	bpf_map_lookup_elem(map_of(object, "replies"), &from, &reply);
	if (reply.count == MAX_SHARED)
		return;
	reply.endpoints[reply.count++] = index;
	put(map_of(object, "replies"), &from, &reply, "replies");
	bpf_map_lookup_elem(map_of(object, "reply_ports"), &word, &ports);
	ports.bits |= 1ULL << ntohs(endpoint->port_be) % 64;
	put(map_of(object, "reply_ports"), &word, &ports, "reply_ports");
}

void plane_endpoint(struct bpf_object *object, __u32 index, struct endpoint *endpoint)
{
	const int skipped = is_v4_address(endpoint->address) ? 12 : 0;

	endpoint->address_delta =
		delta(endpoint->vip_address + skipped, endpoint->address + skipped, 16 - skipped);
	endpoint->transport_delta =
		folded(endpoint->address_delta + delta(&endpoint->vip_port_be, &endpoint->port_be, 2));
	put(map_of(object, "endpoints"), &index, endpoint, "endpoints");
	if (endpoint->mode == MODE_NAT)
		add_reply(object, index, endpoint);
}

void plane_vip(struct bpf_object *object, const struct vip_key *key, struct vip vip, __u32 first, __u32 count)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE);
	int table = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, 4, 4, MAGLEV_SLOTS, &options);
	__u32 place = 2 * vip.id;

	if (table < 0)
		fail("table");
	for (__u32 slot = 0; slot < MAGLEV_SLOTS && count; slot++) {
		__u32 endpoint = first + slot % count;

		put(table, &slot, &endpoint, "slot");
	}
	put(map_of(object, "tables"), &place, &table, "tables");
	close(table);
	vip.has_table = count > 0;
	put(map_of(object, "vips"), key, &vip, "vips");
}

/* Jiffies, as the program `clock` writes them, or a guess where it was not loaded. */
static __u64 jiffies_of(struct bpf_object *object)
{
	int fd = bpf_program__fd(bpf_object__find_program_by_name(object, "clock"));
	__u8 in[64] = {}, out[64] = {};
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = in, .data_size_in = sizeof(in), .data_out = out,
		    .data_size_out = sizeof(out), .repeat = 1);

	if (fd < 0 || bpf_prog_test_run_opts(fd, &options))
		return 0;
	return *(__u64 *)out;
}

void plane_settings(struct bpf_object *object, struct settings settings)
{
	static const __u32 rates[] = { 100, 250, 300, 1000 };
	const struct timespec tenth = { .tv_nsec = 100000000 };
	__u32 zero = 0, measured;
	__u64 before = jiffies_of(object);

	nanosleep(&tenth, NULL);
	measured = (jiffies_of(object) - before) * 10;
	settings.hertz = rates[0];
	for (size_t i = 1; i < sizeof(rates) / sizeof(rates[0]); i++)
		if (abs((int)(rates[i] - measured)) < abs((int)(settings.hertz - measured)))
			settings.hertz = rates[i];
	put(map_of(object, "settings"), &zero, &settings, "settings");
}
