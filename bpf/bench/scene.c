// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "scene.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "plane.h"

#define VIP_PORT 80
#define ENDPOINT_PORT 8080

/* The last byte tells addresses of a network apart. */
static void address(int family, const char *v4, const char *v6, __u8 last, __u8 *out)
{
	memset(out, 0, 16);
	if (family == 4) {
		out[10] = out[11] = 0xff;
		inet_pton(AF_INET, v4, out + 12);
	} else {
		inet_pton(AF_INET6, v6, out);
	}
	out[15] = last;
}

static void client_address(int family, __u8 *out)
{
	address(family, "198.18.0.0", "2001:db8:1::", 0, out);
}

static void vip_address(int family, __u8 *out)
{
	address(family, "192.0.2.0", "2001:db8:2::", 1, out);
}

static void endpoint_address(int family, int number, __u8 *out)
{
	address(family, "203.0.113.0", "2001:db8:3::", number + 1, out);
}

static void set_endpoint(struct bpf_object *object, const struct scene *scene, __u32 number)
{
	struct endpoint endpoint = {
		.generation = 1,
		.flags = ENDPOINT_ALIVE | ENDPOINT_NEXT_HOP,
		.mode = scene->mode,
		.port_be = htons(ENDPOINT_PORT),
		.next_hop_mac = { 2, 0, 0, 0, 1, number },
		.own_mac = { 2, 0, 0, 0, 2, 1 },
		.interface = SCENE_INTERFACE,
		.mtu = 1500,
		.vip_port_be = htons(VIP_PORT),
		.protocol = IPPROTO_TCP,
	};

	endpoint_address(scene->family, number, endpoint.address);
	vip_address(scene->family, endpoint.vip_address);
	address(scene->family, "203.0.113.0", "2001:db8:3::", 254, endpoint.outer_source);
	plane_endpoint(object, number, &endpoint);
}

static void deny_clients(struct bpf_object *object, int family)
{
	__u32 value = 1;
	struct network_v4 v4 = { .prefix = 15 };
	struct network_v6 v6 = { .prefix = 48 };
	__u8 client[16];

	client_address(family, client);
	memcpy(v4.address, client + 12, 4);
	memcpy(v6.address, client, 16);
	if (family == 4)
		put(map_of(object, "deny_v4"), &v4, &value, "deny");
	else
		put(map_of(object, "deny_v6"), &v6, &value, "deny");
}

void scene_set(struct bpf_object *object, const struct scene *scene)
{
	struct vip_key key = { .port_be = htons(VIP_PORT), .protocol = IPPROTO_TCP };

	vip_address(scene->family, key.address);
	for (__u32 number = 0; number < SCENE_ENDPOINTS; number++)
		set_endpoint(object, scene, number);
	plane_vip(object, &key, (struct vip){ .mode = scene->mode }, 0, scene->is_single ? 1 : SCENE_ENDPOINTS);
	plane_settings(object, (struct settings){ .flags = scene->is_gate_closed ? SETTINGS_GATE_CLOSED : 0,
						  .stateless_seconds = 60 });
	if (scene->is_denied)
		deny_clients(object, scene->family);
}

/* The check sum of a TCP or UDP packet: pseudo header (RFC 9293, RFC 8200 section 8.1) and all behind it. */
static __u16 transport_sum(const __u8 *addresses, int family, __u8 protocol, const __u8 *transport, __u32 length)
{
	return folded(sum_of(addresses, family == 4 ? 8 : 32) + htons(protocol) + htons(length) +
		      sum_of(transport, length));
}

bool has_right_checksums(const __u8 *ip, __u32 length)
{
	const int family = ip[0] >> 4;
	const __u32 header = family == 4 ? (ip[0] & 15) * 4 : 40;
	const __u32 whole = family == 4 ? ip[2] << 8 | ip[3] : 40 + (ip[4] << 8 | ip[5]);
	const __u8 protocol = family == 4 ? ip[9] : ip[6];

	if (whole > length)
		return false;
	if (family == 4 && folded(sum_of(ip, header)) != 0xffff)
		return false;
	if (protocol == IPPROTO_IPIP || protocol == IPPROTO_IPV6)
		return has_right_checksums(ip + header, whole - header);
	return transport_sum(ip + (family == 4 ? 12 : 8), family, protocol, ip + header, whole - header) == 0xffff;
}

static __u32 write_v4(__u8 *ip, const __u8 *from, const __u8 *to, __u32 length)
{
	__u16 check;

	ip[0] = 0x45;
	ip[3] = length;
	ip[8] = 64;
	ip[9] = IPPROTO_TCP;
	memcpy(ip + 12, from + 12, 4);
	memcpy(ip + 16, to + 12, 4);
	check = ~folded(sum_of(ip, 20));
	memcpy(ip + 10, &check, 2);
	return 20;
}

static __u32 write_v6(__u8 *ip, const __u8 *from, const __u8 *to, __u32 length)
{
	ip[0] = 0x60;
	ip[5] = length - 40;
	ip[6] = IPPROTO_TCP;
	ip[7] = 64;
	memcpy(ip + 8, from, 16);
	memcpy(ip + 24, to, 16);
	return 40;
}

void scene_packet(const struct scene *scene, enum packets packets, __u8 flags, struct recipe *recipe)
{
	const bool is_reply = packets == PACKETS_OF_ENDPOINT;
	const int family = scene->family;
	__u8 client[16], other[16];
	__u16 other_port = htons(is_reply ? ENDPOINT_PORT : VIP_PORT), client_port = htons(1024), check;
	__u8 *ip = recipe->bytes + 14, *tcp;
	__u32 header;

	memset(recipe, 0, sizeof(*recipe));
	recipe->length = family == 4 ? 64 : 80;
	memcpy(recipe->bytes, is_reply ? "\2\0\0\0\2\1\2\0\0\0\1" : "\2\0\0\0\2\2\2\0\0\0\3", 11);
	recipe->bytes[12] = family == 4 ? 0x08 : 0x86;
	recipe->bytes[13] = family == 4 ? 0x00 : 0xdd;
	client_address(family, client);
	if (is_reply)
		endpoint_address(family, 0, other);
	else
		vip_address(family, other);
	if (packets == PACKETS_OF_STRANGERS)
		other[15] = 77;
	header = (family == 4 ? write_v4 : write_v6)(ip, is_reply ? other : client, is_reply ? client : other,
						     recipe->length - 14);
	tcp = ip + header;
	memcpy(tcp, is_reply ? &other_port : &client_port, 2);
	memcpy(tcp + 2, is_reply ? &client_port : &other_port, 2);
	tcp[12] = 0x50;
	tcp[13] = flags;
	check = ~transport_sum(ip + (family == 4 ? 12 : 8), family, IPPROTO_TCP, tcp, recipe->length - 14 - header);
	memcpy(tcp + 16, &check, 2);
	recipe->address_offset = 14 + (family == 4 ? 12 : 20) + (is_reply ? (family == 4 ? 4 : 16) : 0);
	recipe->port_offset = 14 + header + (is_reply ? 2 : 0);
}
