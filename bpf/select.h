/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Which endpoint a new flow gets.
 *
 * The hash is MurmurHash3_x86_32 (Austin Appleby, public domain) with seed 0 of a few bytes in the
 * packet's order, the number of them being a multiple of four:
 *   HASH_TUPLE          the flow's key as it stands in the flow table: source, destination, source
 *                       port, destination port, protocol, three zero bytes (16 or 40 bytes);
 *   HASH_SOURCE         the source address (4 or 16 bytes);
 *   HASH_CONNECTION_ID  the first 8 bytes of a QUIC destination connection id. A packet with a long
 *                       header whose id is shorter, and what is too short to be QUIC, is hashed as
 *                       HASH_TUPLE.
 * The slot is (hash * MAGLEV_SLOTS) >> 32, computed in 64 bits. When the endpoint there may not be
 * used, the hash is multiplied by 0x9e3779b1 (in 32 bits) and tried again, TRIES times in all.
 */
#ifndef EXPRESSGATEWAY_SELECT_H
#define EXPRESSGATEWAY_SELECT_H

#include "maps.h"
#include "packet.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the hash reads little-endian words"
#endif

/* Slots that are looked at for a usable endpoint. */
#define TRIES 4

/* First byte of a QUIC packet (RFC 8999): set for a long header. */
#define QUIC_LONG_HEADER 0x80
/* Bytes of a connection id that are hashed. */
#define CONNECTION_ID_BYTES 8

static __always_inline __u32 rotated(__u32 word, const int bits)
{
	return word << bits | word >> (32 - bits);
}

static __always_inline __u32 murmur(const __u32 *words, const int count)
{
	__u32 hash = 0;

#pragma unroll
	for (int i = 0; i < count; i++) {
		hash ^= rotated(words[i] * 0xcc9e2d51, 15) * 0x1b873593;
		hash = rotated(hash, 13) * 5 + 0xe6546b64;
	}
	hash ^= count * 4;
	hash = (hash ^ hash >> 16) * 0x85ebca6b;
	hash = (hash ^ hash >> 13) * 0xc2b2ae35;
	return hash ^ hash >> 16;
}

/* Reads the hashed part of a QUIC packet's destination connection id. */
static __always_inline bool read_connection_id(struct xdp_md *ctx, const struct packet *packet, __u32 *id)
{
	__u8 *quic = start(ctx) + bounded(packet->transport + sizeof(struct udphdr));
	__u8 *begin = quic + 1;

	if (packet->protocol != IPPROTO_UDP || (void *)(quic + 1 + CONNECTION_ID_BYTES) > end(ctx))
		return false;
	if (quic[0] & QUIC_LONG_HEADER) {
		/* Version, length of the id, id. */
		begin = quic + 6;
		if ((void *)(begin + CONNECTION_ID_BYTES) > end(ctx) || quic[5] < CONNECTION_ID_BYTES)
			return false;
	}
	__builtin_memcpy(id, begin, CONNECTION_ID_BYTES);
	return true;
}

static __always_inline __u32 hash_of(struct xdp_md *ctx, const struct packet *packet, const union flow_key *key,
				     const struct vip *vip, const int family)
{
	__u32 id[CONNECTION_ID_BYTES / 4];

	if (vip->hash_on == HASH_SOURCE)
		return murmur((const __u32 *)key, family == V4 ? 1 : 4);
	if (vip->hash_on == HASH_CONNECTION_ID && read_connection_id(ctx, packet, id))
		return murmur(id, CONNECTION_ID_BYTES / 4);
	return murmur((const __u32 *)key, family == V4 ? 4 : 10);
}

static __always_inline struct endpoint *find_endpoint(__u32 index)
{
	return bpf_map_lookup_elem(&endpoints, &index);
}

static __always_inline bool is_usable(const struct endpoint *endpoint)
{
	return endpoint && endpoint->flags & ENDPOINT_ALIVE;
}

/* Whether it is a usable endpoint of this VIP: the place of one that is gone may be another VIP's by now. */
static __always_inline bool is_of(const struct endpoint *endpoint, __u32 vip)
{
	return is_usable(endpoint) && endpoint->vip == vip;
}

/* The endpoint that a table has for a hash; NO_ENDPOINT when none of the slots tried has a usable one. */
__noinline __u32 pick(__u32 table, __u32 hash)
{
	void *slots = bpf_map_lookup_elem(&tables, &table);

	if (!slots)
		return NO_ENDPOINT;
	for (int i = 0; i < TRIES; i++) {
		__u32 slot = (__u64)hash * MAGLEV_SLOTS >> 32;
		__u32 *index = bpf_map_lookup_elem(slots, &slot);

		if (index && is_of(find_endpoint(*index), table / 2))
			return *index;
		hash *= 0x9e3779b1;
	}
	return NO_ENDPOINT;
}

/* A chosen endpoint, and whether a later packet of the flow could choose another. */
struct choice {
	__u32 endpoint;
	bool is_uncertain;
};

/*
 * Chooses by the current table. A TCP packet that does not open a connection belongs to one that was
 * chosen earlier, so that the table before the last swap knows better.
 */
static __always_inline struct choice choose(const struct vip *vip, __u32 hash, bool is_underway)
{
	struct choice choice = { .endpoint = NO_ENDPOINT };
	__u32 previous;

	if (!vip->has_table)
		return choice;
	choice.endpoint = pick(2 * vip->id, hash);
	if (!vip->has_previous)
		return choice;
	previous = pick(2 * vip->id + 1, hash);
	choice.is_uncertain = previous != choice.endpoint;
	if (is_underway && previous != NO_ENDPOINT)
		choice.endpoint = previous;
	return choice;
}

#endif
