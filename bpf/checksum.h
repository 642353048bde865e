/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Internet check sums, changed and not computed anew (RFC 1624, equation 3: HC' = ~(~HC + ~m + m')).
 * This form never makes 0xffff of what a computation from scratch gives as 0.
 */
#ifndef EXPRESSGATEWAY_CHECKSUM_H
#define EXPRESSGATEWAY_CHECKSUM_H

#include "kernel.h"

/* A sum of 16-bit words folded to 16 bits. */
static __always_inline __u16 fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return sum + (sum >> 16);
}

/* The check sum after the words that it covers have changed by this sum of ~m + m'. */
static __always_inline __u16 changed(__u16 check, __u32 sum)
{
	return ~fold((__u16)~check + sum);
}

/* What a word that becomes another adds to the sum. */
static __always_inline __u32 change_of(__u16 from, __u16 to)
{
	return (__u16)~from + (__u32)to;
}

/* The same for an address of 4 or 16 bytes. */
static __always_inline __u32 change_of_address(const __u16 *from, const __u16 *to, const int words)
{
	__u32 sum = 0;

#pragma unroll
	for (int i = 0; i < words; i++)
		sum += change_of(from[i], to[i]);
	return sum;
}

/* What a time to live that is one less adds: the word (TTL, protocol) falls by 0x0100 in network order. */
#define CHANGE_OF_TTL ((__u16)~bpf_htons(0x0100))

#endif
