// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Makes a packet and gives it to the program under test. BPF_PROG_TEST_RUN leaves the packet of one
 * round to the next, rewritten and with a moved head; this restores both, takes the next tuple, and
 * goes on by a tail call. What it takes itself is measured by a program that only passes.
 */
#include "../kernel.h"
#include "../packet.h"
#include "harness.h"

char harness_license[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} under_test SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct recipe);
} recipes SEC(".maps");

static __always_inline void vary(void *data, void *data_end, const struct recipe *recipe, __u64 number)
{
	__u32 *address = data + (recipe->address_offset & 63);
	__u16 *port = data + (recipe->port_offset & 63);

	if ((void *)(address + 1) > data_end || (void *)(port + 1) > data_end)
		return;
	/* Network order; neighbours in number are far apart in both. */
	*address = __builtin_bswap32(__builtin_bswap32(*address) + (__u32)(number >> 14));
	*port = __builtin_bswap16(1024 + (number & 0x3fff));
}

/* Makes the next packet. */
static __always_inline bool cook(struct xdp_md *ctx)
{
	__u32 zero = 0;
	struct recipe *recipe = bpf_map_lookup_elem(&recipes, &zero);
	void *data, *data_end;
	long excess;
	__u64 number;

	if (!recipe)
		return false;
	excess = (long)end(ctx) - (long)start(ctx) - recipe->length;
	if (excess && bpf_xdp_adjust_head(ctx, excess))
		return false;
	data = start(ctx);
	data_end = end(ctx);
#pragma unroll
	for (int i = 0; i < TEMPLATE_BYTES; i += 8) {
		if (data + i + 8 > data_end)
			break;
		*(__u64 *)(data + i) = *(__u64 *)(recipe->bytes + i);
	}
	number = recipe->count++;
	if (recipe->flows)
		number %= recipe->flows;
	vary(data, data_end, recipe, number);
	return true;
}

SEC("xdp")
int harness(struct xdp_md *ctx)
{
	if (cook(ctx))
		bpf_tail_call(ctx, &under_test, 0);
	return XDP_ABORTED;
}

/* Mends the check sum of an IPv4 header without options, whose template has it as 0. */
static __always_inline void mend(struct xdp_md *ctx)
{
	__u16 *words = start(ctx) + ETH_HLEN;
	__u32 sum = 0;

	if ((void *)(words + 10) > end(ctx))
		return;
#pragma unroll
	for (int i = 0; i < 10; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	words[5] = ~(sum + (sum >> 16));
}

/* Sends packets out of the interface that they are said to come from: for live frames (Linux 5.18). */
SEC("xdp")
int generator(struct xdp_md *ctx)
{
	if (!cook(ctx))
		return XDP_ABORTED;
	mend(ctx);
	return XDP_TX;
}

/* The program that does nothing: what remains is the harness. */
SEC("xdp")
int nothing(struct xdp_md *ctx)
{
	return XDP_PASS;
}
