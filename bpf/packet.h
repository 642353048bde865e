/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the steps tell each other: the packet as it was parsed, and the outcome of a step.
 *
 * A packet is described by offsets, not by pointers, so that the description outlives a change of
 * the packet's head. An offset that was kept in memory is a number like any other to the verifier;
 * bounded() makes it small again.
 */
#ifndef EXPRESSGATEWAY_PACKET_H
#define EXPRESSGATEWAY_PACKET_H

#include "kernel.h"
#include "layout.h"

/* Traits of a program and, for the functions that it calls, of the packet. */
#define TRAIT_DRY 1 /* no map is changed */
#define TRAIT_FRAGS 2 /* a packet may go on behind its first buffer */
#define TRAIT_KNOWN 4 /* the flow table has the flow, and it has to be given an endpoint anew */
#define TRAIT_VIP_SHIFT 8 /* above: one more than the id of the VIP that an answer counts for, or 0 */

/* A client's side of a flow, of the family that the step was compiled for. */
union flow_key {
	struct flow_key_v4 v4;
	struct flow_key_v6 v6;
} __attribute__((aligned(8)));

/* packet.marks */
#define MARK_MALFORMED 1 /* lengths or flags that cannot be */
#define MARK_FRAGMENT 2 /* the first fragment of a TCP segment */
#define MARK_SERVICE_TAG 4 /* the first tag is one of 802.1ad */

/*
 * A packet as it was parsed. What steps need of it fits into two words, in which it is handed to
 * functions that the verifier looks at once and not for every caller: they take numbers alone. It lives
 * in memory, since others are given its address: of ten registers, most fields would be spilled as 8 bytes.
 */
struct packet {
	union {
		struct {
			__u16 network; /* offset of the IP header */
			__u16 transport; /* offset of the transport header */
			__u16 length; /* of the IP packet */
			__u16 vlan; /* first tag, 0 for none */
			__u16 inner_vlan; /* second tag, 0 for none */
			__be16 type; /* of the network header: ETH_P_IP or ETH_P_IPV6 */
			__u8 protocol;
			__u8 flags; /* of TCP */
			__u8 hops; /* time to live, hop limit */
			__u8 marks; /* MARK_ */
		};
		__u64 words[2];
	};
	__u32 interface; /* that it came in by */
};
_Static_assert(offsetof(struct packet, interface) == 16, "packet");

/* Where a packet's headers are, while nothing changes its head. Each use looks for the packet's end anew. */
struct headers {
	void *network;
	void *transport;
};

static __always_inline __u64 first_word(const struct packet *packet)
{
	return packet->words[0];
}

static __always_inline __u64 second_word(const struct packet *packet)
{
	return packet->words[1];
}

/* The packet of a function that was handed its words. */
static __always_inline struct packet unpacked(struct xdp_md *ctx, __u64 first, __u64 second)
{
	struct packet packet = { .words = { first, second }, .interface = ctx->ingress_ifindex };

	return packet;
}

/*
 * What a step came to: GO_ON for the next step, else a verdict, a reason and an endpoint. The lower 16
 * bits are what explain answers.
 */
typedef __u32 outcome;
#define GO_ON 0U

static __always_inline outcome outcome_of(__u32 endpoint, __u32 reason, __u32 verdict)
{
	return endpoint << 16 | reason << 8 | verdict;
}

static __always_inline outcome passed(__u32 reason)
{
	return outcome_of(NO_FLOW_ENDPOINT, reason, XDP_PASS);
}

static __always_inline outcome dropped(__u32 reason)
{
	return outcome_of(NO_FLOW_ENDPOINT, reason, XDP_DROP);
}

static __always_inline __u32 endpoint_of(outcome outcome)
{
	return outcome >> 16 == NO_FLOW_ENDPOINT ? NO_ENDPOINT : outcome >> 16;
}

static __always_inline __u32 reason_of(outcome outcome)
{
	return outcome >> 8 & 0xff;
}

static __always_inline __u32 verdict_of(outcome outcome)
{
	return outcome & 0xff;
}

/*
 * Where the packet begins and ends. Written in assembly, because the compiler else splits the two
 * loads or makes 32-bit moves of them, neither of which the verifier takes for a packet's pointer.
 */
static __always_inline void *start(struct xdp_md *ctx)
{
	void *pointer;

	asm volatile("%0 = *(u32 *)(%1 + 0)" : "=r"(pointer) : "r"(ctx));
	return pointer;
}

static __always_inline void *end(struct xdp_md *ctx)
{
	void *pointer;

	asm volatile("%0 = *(u32 *)(%1 + 4)" : "=r"(pointer) : "r"(ctx));
	return pointer;
}

_Static_assert(offsetof(struct xdp_md, data) == 0 && offsetof(struct xdp_md, data_end) == 4, "xdp_md");

/* An offset as the verifier believes it: no header begins behind byte 511. */
static __always_inline __u64 bounded(__u64 offset)
{
	asm volatile("%0 &= 0x1ff" : "+r"(offset));
	return offset;
}

/* The headers of a packet that was parsed before. */
static __always_inline struct headers headers_of(struct xdp_md *ctx, const struct packet *packet)
{
	struct headers headers = {
		.network = start(ctx) + bounded(packet->network),
		.transport = start(ctx) + bounded(packet->transport),
	};

	return headers;
}

static __always_inline bool is_malformed(const struct packet *packet)
{
	return packet->marks & MARK_MALFORMED;
}

/* Whether nothing keeps the packet from being one of a flow. */
static __always_inline bool is_whole(const struct packet *packet)
{
	return !(packet->marks & (MARK_MALFORMED | MARK_FRAGMENT));
}

/* What a flow keeps of the packet's tags beside their values. */
static __always_inline __u8 tags_of(const struct packet *packet)
{
	return packet->marks & MARK_SERVICE_TAG ? CLIENT_TAGS_SERVICE : 0;
}

/* Whether the packet opens a TCP connection. */
static __always_inline bool is_opening(const struct packet *packet)
{
	return packet->protocol == IPPROTO_TCP && (packet->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

#endif
