// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Puts the gateway's programs on interfaces and serves VIPs with fixed endpoints until its input ends
 * or says anything; then it tells what became of the packets. For benches and for trying things by hand.
 *
 *   lab GATEWAY.o WORD...
 *
 *   vip=ADDRESS,PORT,tcp|udp,nat|ipip|l2|pass|drop
 *   endpoint=ADDRESS,PORT[,INTERFACE,OWN-MAC,NEXT-MAC]   of the VIP before it; without a next hop the
 *                                                        routing table is asked for every packet
 *   source=ADDRESS                                       outer source of the endpoints behind it
 *   mtu=BYTES                                            of the endpoints behind it
 *   native=INTERFACE, generic=INTERFACE
 */
#include "plane.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_WORDS 64

struct lab {
	struct bpf_object *object;
	struct vip_key key;
	struct vip vip;
	__u32 vips;
	__u32 first; /* endpoint of the current VIP */
	__u32 endpoints;
	__u8 outer_source[16];
	__u16 mtu;
};

/* Splits at commas; answers how many fields there are. */
static int split(char *text, char **fields, int most)
{
	int count = 0;

	for (char *field = strtok(text, ","); field && count < most; field = strtok(NULL, ","))
		fields[count++] = field;
	return count;
}

static __u8 mode_of(const char *name)
{
	static const char *const names[] = { "pass", "drop", "nat", "ipip", "l2" };

	for (__u8 mode = 0; mode < sizeof(names) / sizeof(names[0]); mode++)
		if (!strcmp(name, names[mode]))
			return mode;
	fprintf(stderr, "%s: not a mode\n", name);
	exit(2);
}

static void parse_mac(const char *text, __u8 *mac)
{
	if (sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4], &mac[5]) != 6)
		fail(text);
}

static void finish_vip(struct lab *lab)
{
	if (lab->vips)
		plane_vip(lab->object, &lab->key, lab->vip, lab->first, lab->endpoints - lab->first);
}

static void begin_vip(struct lab *lab, char *text)
{
	char *fields[4];

	finish_vip(lab);
	if (split(text, fields, 4) != 4)
		fail(text);
	memset(&lab->key, 0, sizeof(lab->key));
	parse_address(fields[0], lab->key.address);
	lab->key.port_be = htons(atoi(fields[1]));
	lab->key.protocol = strcmp(fields[2], "udp") ? IPPROTO_TCP : IPPROTO_UDP;
	lab->vip = (struct vip){ .id = lab->vips++, .mode = mode_of(fields[3]) };
	lab->first = lab->endpoints;
}

static void add_endpoint(struct lab *lab, char *text)
{
	struct endpoint endpoint = {
		.generation = 1,
		.flags = ENDPOINT_ALIVE,
		.mode = lab->vip.mode,
		.mtu = lab->mtu,
		.vip = lab->vip.id,
		.vip_port_be = lab->key.port_be,
		.protocol = lab->key.protocol,
	};
	char *fields[5];
	int count = split(text, fields, 5);

	if (count != 2 && count != 5)
		fail(text);
	parse_address(fields[0], endpoint.address);
	endpoint.port_be = htons(atoi(fields[1]));
	memcpy(endpoint.vip_address, lab->key.address, 16);
	memcpy(endpoint.outer_source, lab->outer_source, 16);
	if (count == 5) {
		endpoint.flags |= ENDPOINT_NEXT_HOP;
		endpoint.interface = if_nametoindex(fields[2]);
		parse_mac(fields[3], endpoint.own_mac);
		parse_mac(fields[4], endpoint.next_hop_mac);
	}
	plane_endpoint(lab->object, lab->endpoints++, &endpoint);
}

/* The link is the process's: it ends with it. */
static void attach(struct lab *lab, const char *interface, __u32 flags)
{
	LIBBPF_OPTS(bpf_link_create_opts, options, .flags = flags);

	if (bpf_link_create(program_of(lab->object, "gateway"), if_nametoindex(interface), BPF_XDP, &options) < 0)
		fail(interface);
}

static void take(struct lab *lab, char *word)
{
	char *value = strchr(word, '=');

	if (!value)
		fail(word);
	*value++ = 0;
	if (!strcmp(word, "vip"))
		begin_vip(lab, value);
	else if (!strcmp(word, "endpoint"))
		add_endpoint(lab, value);
	else if (!strcmp(word, "source"))
		parse_address(value, lab->outer_source);
	else if (!strcmp(word, "mtu"))
		lab->mtu = atoi(value);
	else if (!strcmp(word, "native"))
		attach(lab, value, XDP_FLAGS_DRV_MODE);
	else if (!strcmp(word, "generic"))
		attach(lab, value, XDP_FLAGS_SKB_MODE);
	else
		fail(word);
}

static void report(struct bpf_object *object)
{
	const int cpus = libbpf_num_possible_cpus(), fd = map_of(object, "reasons");
	__u64 counts[cpus];

	for (__u32 reason = 0; reason < REASONS; reason++) {
		__u64 sum = 0;

		if (bpf_map_lookup_elem(fd, &reason, counts))
			fail("reasons");
		for (int cpu = 0; cpu < cpus; cpu++)
			sum += counts[cpu];
		if (sum)
			printf("reason %u: %llu\n", reason, sum);
	}
}

int main(int count, char **words)
{
	struct lab lab = {};
	char byte;

	if (count < 3)
		return fprintf(stderr, "lab GATEWAY.o WORD...\n"), 2;
	lab.object = load_object(words[1], NULL);
	plane_settings(lab.object, (struct settings){ .stateless_seconds = 60 });
	for (int i = 2; i < count; i++)
		take(&lab, words[i]);
	finish_vip(&lab);
	printf("ready\n");
	fflush(stdout);
	if (read(0, &byte, 1) < 0)
		fail("input");
	report(lab.object);
	return 0;
}
