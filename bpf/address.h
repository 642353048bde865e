/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Addresses: of 16 bytes, IPv4 as IPv4-mapped IPv6 (RFC 4291 section 2.5.5.2), and of the link. They
 * are copied by words, which the compiler does not dare for bytes; on the stack they stand on 8 bytes.
 */
#ifndef EXPRESSGATEWAY_ADDRESS_H
#define EXPRESSGATEWAY_ADDRESS_H

#include "kernel.h"

static __always_inline void map_v4(__u8 *address, __be32 v4)
{
	__u32 *words = (__u32 *)address;

	words[0] = 0;
	words[1] = 0;
	words[2] = bpf_htonl(0xffff);
	words[3] = v4;
}

/* The IPv4 address in a mapped one. */
static __always_inline __be32 v4_of(const __u8 *address)
{
	return ((const __u32 *)address)[3];
}

static __always_inline void copy_address(__u8 *to, const __u8 *from)
{
	((__u64 *)to)[0] = ((const __u64 *)from)[0];
	((__u64 *)to)[1] = ((const __u64 *)from)[1];
}

static __always_inline bool same_address(const __u8 *left, const __u8 *right)
{
	return ((const __u64 *)left)[0] == ((const __u64 *)right)[0] &&
	       ((const __u64 *)left)[1] == ((const __u64 *)right)[1];
}

/* The two addresses of a link header, in its order. */
static __always_inline void copy_macs(__u8 *to, const __u8 *from)
{
	*(__u64 *)to = *(const __u64 *)from;
	*(__u32 *)(to + 8) = *(const __u32 *)(from + 8);
}

static __always_inline void copy_mac(__u8 *to, const __u8 *from)
{
	((__u16 *)to)[0] = ((const __u16 *)from)[0];
	((__u16 *)to)[1] = ((const __u16 *)from)[1];
	((__u16 *)to)[2] = ((const __u16 *)from)[2];
}

/* 0 when both are the same. */
static __always_inline __u32 mac_difference(const __u8 *left, const __u8 *right)
{
	return (*(const __u32 *)left ^ *(const __u32 *)right) |
	       (*(const __u16 *)(left + 4) ^ *(const __u16 *)(right + 4));
}

#endif
