/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the bench tells the program that makes its packets. */
#ifndef EXPRESSGATEWAY_HARNESS_H
#define EXPRESSGATEWAY_HARNESS_H

#define TEMPLATE_BYTES 128

/* A packet to send over and over, and where it varies. Offsets are from the frame's begin. */
struct recipe {
	__u32 length; /* of the packet; a multiple of 8 */
	__u32 flows; /* different tuples; 0 for a new one with every packet */
	__u32 address_offset; /* of 4 bytes that vary */
	__u32 port_offset; /* of 2 bytes that vary */
	__u64 count; /* packets so far */
	__u8 bytes[TEMPLATE_BYTES];
};

#endif
