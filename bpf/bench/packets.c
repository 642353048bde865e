// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Nanoseconds a packet, by BPF_PROG_TEST_RUN of harness.bpf.c around the gateway, net of the harness.
 * No driver, no flush of redirected packets: what the program costs, and nothing else.
 *
 *   packets GATEWAY.o HARNESS.o [row]      one line a row: name|median|least|verdict
 *   packets GATEWAY.o HARNESS.o --load     milliseconds that loading and attaching take, median of nine
 *
 * Every row first runs one packet through the gateway alone and computes its check sums from scratch.
 */
#include "plane.h"
#include "scene.h"

#include <bpf/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 9
#define REPEATS 300000

/* TCP flags of the packets. */
#define ACK 0x10
#define SYN 0x02

enum what {
	HIT, /* the flows are in the table */
	REPLY,
	MISS, /* every packet a new flow */
	STRANGER,
};

struct row {
	const char *name;
	enum what what;
	__u32 flows;
	struct scene scene;
};

#define NAT .mode = MODE_NAT
#define IPIP .mode = MODE_DSR_IPIP
#define L2 .mode = MODE_DSR_L2
#define HITS(label, families, how)                                               \
	{ label " 1 flow", HIT, 1, { .family = families, how } },                \
	{ label " 10000 flows", HIT, 10000, { .family = families, how } },   \
	{ label " 200000 flows", HIT, 200000, { .family = families, how } }

static const struct row rows[] = {
	HITS("nat v4", 4, NAT),
	HITS("nat v6", 6, NAT),
	{ "reply v4 1 flow", REPLY, 1, { .family = 4, NAT, .is_single = true } },
	{ "reply v4 10000 flows", REPLY, 10000, { .family = 4, NAT, .is_single = true } },
	{ "reply v6 1 flow", REPLY, 1, { .family = 6, NAT, .is_single = true } },
	{ "reply v6 10000 flows", REPLY, 10000, { .family = 6, NAT, .is_single = true } },
	HITS("dsr ipip v4", 4, IPIP),
	HITS("dsr ipip v6", 6, IPIP),
	HITS("dsr l2 v4", 4, L2),
	HITS("dsr l2 v6", 6, L2),
	{ "nat v4 new", MISS, 0, { .family = 4, NAT } },
	{ "nat v6 new", MISS, 0, { .family = 6, NAT } },
	{ "dsr ipip v4 new", MISS, 0, { .family = 4, IPIP } },
	{ "dsr ipip v6 new", MISS, 0, { .family = 6, IPIP } },
	{ "nat v4 gate closed", MISS, 0, { .family = 4, NAT, .is_gate_closed = true } },
	{ "nat v6 gate closed", MISS, 0, { .family = 6, NAT, .is_gate_closed = true } },
	{ "dsr ipip v4 gate closed", MISS, 0, { .family = 4, IPIP, .is_gate_closed = true } },
	{ "nat v4 gate closed, 10000 tuples", MISS, 10000, { .family = 4, NAT, .is_gate_closed = true } },
	{ "nat v6 gate closed, 10000 tuples", MISS, 10000, { .family = 6, NAT, .is_gate_closed = true } },
	{ "v4 denied", MISS, 0, { .family = 4, NAT, .is_denied = true } },
	{ "v6 denied", MISS, 0, { .family = 6, NAT, .is_denied = true } },
	{ "v4 not ours", STRANGER, 0, { .family = 4, NAT } },
	{ "v6 not ours", STRANGER, 0, { .family = 6, NAT } },
};

/* One run; answers nanoseconds a packet and the verdict of the last. */
static double run(int fd, __u32 length, __u32 repeats, __u32 *verdict)
{
	__u8 in[256] = {};
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = in, .data_size_in = length, .repeat = repeats);

	if (bpf_prog_test_run_opts(fd, &options))
		fail("test_run");
	if (verdict)
		*verdict = options.retval;
	return options.duration;
}

static void aim(struct bpf_object *harness, int fd)
{
	__u32 zero = 0;

	if (bpf_map_update_elem(map_of(harness, "under_test"), &zero, &fd, BPF_ANY))
		fail("under_test");
}

static void prepare(struct bpf_object *harness, const struct recipe *recipe)
{
	__u32 zero = 0;

	if (bpf_map_update_elem(map_of(harness, "recipes"), &zero, recipe, BPF_ANY))
		fail("recipes");
}

static int ascending(const void *left, const void *right)
{
	double difference = *(const double *)left - *(const double *)right;

	return (difference > 0) - (difference < 0);
}

/* The first packet by itself: what comes out must be a packet with right check sums. */
static void check(int gateway, const struct recipe *recipe, const char *name)
{
	__u8 in[256], out[512];
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = in, .data_size_in = recipe->length, .data_out = out,
		    .data_size_out = sizeof(out), .repeat = 1);

	memcpy(in, recipe->bytes, recipe->length);
	if (bpf_prog_test_run_opts(gateway, &options))
		fail("test_run");
	if (!has_right_checksums(out + 14, options.data_size_out - 14)) {
		fprintf(stderr, "%s: wrong check sum\n", name);
		exit(1);
	}
}

/* Enters the flows of a row by letting their clients speak. */
static void warm(struct bpf_object *harness, int gateway, const struct row *row)
{
	struct recipe recipe;

	scene_packet(&row->scene, PACKETS_OF_CLIENT, ACK, &recipe);
	recipe.flows = row->flows;
	prepare(harness, &recipe);
	aim(harness, gateway);
	run(program_of(harness, "harness"), recipe.length, row->flows * 2, NULL);
}

static void measure(const char *path, struct bpf_object *harness, const struct row *row)
{
	struct bpf_object *object = load_object(path, "gateway");
	const int gateway = program_of(object, "gateway"), wrapper = program_of(harness, "harness");
	const enum packets packets = row->what == REPLY	   ? PACKETS_OF_ENDPOINT :
				     row->what == STRANGER ? PACKETS_OF_STRANGERS :
							     PACKETS_OF_CLIENT;
	const __u32 repeats = row->what == MISS ? 150000 : REPEATS;
	double net[ROUNDS];
	struct recipe recipe;
	__u32 verdict;

	scene_set(object, &row->scene);
	if (row->what == HIT || row->what == REPLY)
		warm(harness, gateway, row);
	scene_packet(&row->scene, packets, row->what == MISS ? SYN : ACK, &recipe);
	check(gateway, &recipe, row->name);
	recipe.flows = row->flows;
	prepare(harness, &recipe);
	for (int round = 0; round < ROUNDS; round++) {
		double whole;

		aim(harness, gateway);
		whole = run(wrapper, recipe.length, repeats, &verdict);
		aim(harness, program_of(harness, "nothing"));
		net[round] = whole - run(wrapper, recipe.length, REPEATS, NULL);
	}
	qsort(net, ROUNDS, sizeof(net[0]), ascending);
	printf("%s|%.0f|%.0f|%u\n", row->name, net[ROUNDS / 2], net[0], verdict);
	fflush(stdout);
	bpf_object__close(object);
}

static double milliseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

/* Loads and attaches as the gateway does at its start, to the loopback interface. */
static void measure_load(const char *path)
{
	LIBBPF_OPTS(bpf_link_create_opts, options, .flags = XDP_FLAGS_SKB_MODE);
	double times[ROUNDS];

	for (int round = 0; round < ROUNDS; round++) {
		struct bpf_object *object;
		int link;

		times[round] = milliseconds();
		object = load_object(path, "gateway");
		link = bpf_link_create(program_of(object, "gateway"), if_nametoindex("lo"), BPF_XDP, &options);
		if (link < 0)
			fail("attach");
		times[round] = milliseconds() - times[round];
		close(link);
		bpf_object__close(object);
	}
	qsort(times, ROUNDS, sizeof(times[0]), ascending);
	printf("%.0f\n", times[ROUNDS / 2]);
}

int main(int count, char **arguments)
{
	struct bpf_object *harness;
	const struct sched_param priority = { .sched_priority = 1 };
	cpu_set_t cpus;

	if (count < 3)
		return fprintf(stderr, "packets GATEWAY.o HARNESS.o [row]\n"), 2;
	CPU_ZERO(&cpus);
	CPU_SET(sysconf(_SC_NPROCESSORS_ONLN) - 1, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	/* Others may use the CPU between rounds, not in them. What they do to its caches remains. */
	sched_setscheduler(0, SCHED_FIFO, &priority);
	libbpf_set_print(NULL);
	if (count > 3 && !strcmp(arguments[3], "--load")) {
		measure_load(arguments[1]);
		return 0;
	}
	harness = load_object(arguments[2], NULL);
	printf("row|ns|least|verdict\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (count < 4 || strstr(rows[i].name, arguments[3]))
			measure(arguments[1], harness, &rows[i]);
	return 0;
}
