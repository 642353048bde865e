// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Sends UDP packets of 64 bytes out of an interface for some seconds, by BPF_PROG_TEST_RUN with live
 * frames (Linux 5.18): no sender is faster on veth. Whoever runs it counts them where they arrive.
 *
 *   live HARNESS.o INTERFACE DESTINATION-MAC SOURCE DESTINATION PORT FLOWS SECONDS
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness.h"
#include "plane.h"

#define PACKET_BYTES 64
/* Packets a call, and frames at once. */
#define PACKETS 100000
#define BATCH 64

static void make_recipe(struct recipe *recipe, char **arguments)
{
	__u8 *ethernet = recipe->bytes, *ip = ethernet + 14, *udp = ip + 20;
	__u16 length = htons(PACKET_BYTES - 14), udp_length = htons(PACKET_BYTES - 34), port = htons(atoi(arguments[5]));

	recipe->length = PACKET_BYTES;
	recipe->flows = atoi(arguments[6]);
	recipe->address_offset = 26;
	recipe->port_offset = 34;
	if (sscanf(arguments[2], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &ethernet[0], &ethernet[1], &ethernet[2],
		   &ethernet[3], &ethernet[4], &ethernet[5]) != 6)
		fail(arguments[2]);
	ethernet[6] = 2;
	ethernet[12] = 0x08;
	ip[0] = 0x45;
	memcpy(ip + 2, &length, 2);
	ip[8] = 64;
	ip[9] = IPPROTO_UDP;
	if (inet_pton(AF_INET, arguments[3], ip + 12) != 1 || inet_pton(AF_INET, arguments[4], ip + 16) != 1)
		fail("address");
	memcpy(udp + 2, &port, 2);
	memcpy(udp + 4, &udp_length, 2);
}

static double seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int count, char **arguments)
{
	struct bpf_object *harness;
	struct recipe recipe = {};
	struct xdp_md context = { .data_end = PACKET_BYTES };
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = recipe.bytes, .data_size_in = PACKET_BYTES,
		    .ctx_in = &context, .ctx_size_in = sizeof(context), .repeat = PACKETS, .batch_size = BATCH,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES);
	__u64 sent = 0;
	__u32 zero = 0;
	double end;

	if (count != 9)
		return fprintf(stderr, "live HARNESS.o INTERFACE MAC SOURCE DESTINATION PORT FLOWS SECONDS\n"), 2;
	make_recipe(&recipe, arguments + 1);
	context.ingress_ifindex = if_nametoindex(arguments[2]);
	harness = load_object(arguments[1], "generator");
	put(map_of(harness, "recipes"), &zero, &recipe, "recipes");
	end = seconds() + atof(arguments[8]);
	for (; seconds() < end; sent += PACKETS)
		if (bpf_prog_test_run_opts(program_of(harness, "generator"), &options))
			fail("live frames");
	printf("%llu\n", sent);
	return 0;
}
