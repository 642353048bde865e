/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the programs see of the kernel: its user-space headers alone. No structure of the kernel's
 * inside is read, so that no relocation is needed and one object serves every kernel since 5.10.
 */
#ifndef EXPRESSGATEWAY_KERNEL_H
#define EXPRESSGATEWAY_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* Families as constants of the compiler: a step that takes one is compiled once for each. */
#define V4 4
#define V6 6

#define likely(condition) __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)

/* Bits of the byte that holds TCP's flags. */
#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10

/* IPv4: fragment offset and "more fragments". */
#define IPV4_FRAGMENT_MASK 0x3fff
#define IPV4_OFFSET_MASK 0x1fff
#define IPV4_DONT_FRAGMENT 0x4000

#endif
