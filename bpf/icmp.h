/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What ICMP (RFC 792) and ICMPv6 (RFC 4443) have in common here: errors that quote a packet. */
#ifndef EXPRESSGATEWAY_ICMP_H
#define EXPRESSGATEWAY_ICMP_H

#include "kernel.h"

struct icmp {
	__u8 type;
	__u8 code;
	__u16 check;
	__be32 rest; /* the next hop's MTU when a packet was too big */
};
_Static_assert(sizeof(struct icmp) == 8, "icmp");

#define ICMP_UNREACHABLE 3
#define ICMP_FRAGMENTATION_NEEDED 4 /* code */
#define ICMP_TIME_EXCEEDED 11
#define ICMP_PARAMETER_PROBLEM 12

#define ICMP6_UNREACHABLE 1
#define ICMP6_PACKET_TOO_BIG 2
#define ICMP6_TIME_EXCEEDED 3
#define ICMP6_PARAMETER_PROBLEM 4

static __always_inline bool is_icmp_error(__u8 type, const int family)
{
	if (family == V4)
		return type == ICMP_UNREACHABLE || type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETER_PROBLEM;
	return type >= ICMP6_UNREACHABLE && type <= ICMP6_PARAMETER_PROBLEM;
}

#endif
