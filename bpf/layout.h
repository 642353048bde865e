/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Every record that the kernel and the gateway share, declared once. The gateway's codecs are tested
 * against the BTF of the object that is made of this file.
 *
 * Byte order: a field whose name ends in _be is in network order, an address is too; all else is in
 * the machine's order. Padding is spelled out and zero. IPv4 addresses in 16 bytes are written as
 * IPv4-mapped IPv6 (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2).
 */
#ifndef EXPRESSGATEWAY_LAYOUT_H
#define EXPRESSGATEWAY_LAYOUT_H

#define MAX_VIPS 512
#define MAX_ENDPOINTS 16384
/* Slots of a Maglev table: the paper's small prime. */
#define MAGLEV_SLOTS 65537
/* VIPs that may share one endpoint address and port under NAT. */
#define MAX_SHARED 4
/* An endpoint index that stands for none. */
#define NO_ENDPOINT 0xffffffffU
/* The same in the 16 bits of a flow. */
#define NO_FLOW_ENDPOINT 0xffffU

/* What happens to the packets of a VIP. */
enum mode {
	MODE_PASS = 0, /* to the relay */
	MODE_DROP = 1,
	MODE_NAT = 2,
	MODE_DSR_IPIP = 3,
	MODE_DSR_L2 = 4,
};

/* What the endpoint of a new flow is chosen by. */
enum hash_on {
	HASH_TUPLE = 0, /* source, destination, ports, protocol */
	HASH_SOURCE = 1, /* source address alone */
	HASH_CONNECTION_ID = 2, /* QUIC: destination connection ID; else the tuple */
};

/* Where a flow is in its life. TCP is followed as far as two directions of FIN, SYN and RST tell. */
enum flow_state {
	FLOW_PASS = 0, /* the relay's, for life */
	FLOW_SYN = 1, /* only the client has spoken */
	FLOW_ESTABLISHED = 2,
	FLOW_CLIENT_FIN = 3,
	FLOW_ENDPOINT_FIN = 4,
	FLOW_CLOSED = 5, /* both FINs or a RST */
	FLOW_UDP = 6,
};

/* endpoint.flags */
#define ENDPOINT_ALIVE 1 /* its flows go on; without it they choose anew at once */
#define ENDPOINT_NEXT_HOP 2 /* the next hop below is valid */

/* settings.flags */
#define SETTINGS_GATE_CLOSED 1 /* no new flow is entered: the table is nearly full */
#define SETTINGS_EVENTS 2 /* events are written to the ring buffer */

/* flow.client_tags */
#define CLIENT_TAGS_SERVICE 1 /* the first tag is one of 802.1ad */

/* A client's side of a flow, IPv4: the key of flows_v4. */
struct flow_key_v4 {
	__u32 source;
	__u32 destination;
	__u16 source_port_be;
	__u16 destination_port_be;
	__u8 protocol;
	__u8 padding[3];
};
_Static_assert(sizeof(struct flow_key_v4) == 16, "flow_key_v4");

/* A client's side of a flow, IPv6: the key of flows_v6. */
struct flow_key_v6 {
	__u8 source[16];
	__u8 destination[16];
	__u16 source_port_be;
	__u16 destination_port_be;
	__u8 protocol;
	__u8 padding[3];
};
_Static_assert(sizeof(struct flow_key_v6) == 40, "flow_key_v6");

/*
 * A flow. One entry serves both directions: a reply is turned back into its client's key by the
 * endpoint's record. The client's next hop is where its first packet came from, until the routing table
 * agrees with packets that come by another way; the tags are of the client's packets, machine order, 0
 * for none. Endpoint, inner tag and generation are written as one
 * word of 8 bytes, so that no other CPU sees a new endpoint with an old generation.
 */
struct flow {
	__u16 endpoint; /* index; NO_FLOW_ENDPOINT for FLOW_PASS */
	__u16 client_inner_vlan; /* second tag */
	__u32 generation; /* of the endpoint when it was chosen; for FLOW_PASS the id of the VIP */
	__u32 seen; /* low 32 bits of jiffies of the last packet */
	__u8 state; /* enum flow_state */
	__u8 client_tags; /* CLIENT_TAGS_SERVICE */
	__u16 client_vlan; /* first tag, of 802.1Q or 802.1ad */
	__u8 client_mac[6];
	__u8 gateway_mac[6]; /* that the client's packets were sent to */
	__u32 client_interface;
};
_Static_assert(sizeof(struct flow) == 32, "flow");

/* An address that packets are sent to: the key of vips. */
struct vip_key {
	__u8 address[16];
	__u16 port_be;
	__u8 protocol;
	__u8 padding;
};
_Static_assert(sizeof(struct vip_key) == 20, "vip_key");

/* How a VIP is served. Its tables are at 2 * id (now) and 2 * id + 1 (before the last swap). */
struct vip {
	__u32 id;
	__u8 mode; /* enum mode */
	__u8 hash_on; /* enum hash_on */
	__u8 relayed; /* whether the relay may have TCP connections: set by both sides, cleared by the gateway */
	__u8 padding;
	__u32 has_table; /* 0: no endpoint may be used, packets are passed */
	__u32 has_previous; /* whether the table before is still asked */
};
_Static_assert(sizeof(struct vip) == 16, "vip");

/*
 * An endpoint as one VIP uses it. The first cache line is all that a packet of a known flow needs.
 * The deltas are what an Internet check sum (RFC 1624) changes by when the VIP's address (and port)
 * become the endpoint's, that is the sum of old and ~new words: folded to 16 bits, in the order in
 * which the packet holds them; a reply uses the complement.
 */
struct endpoint {
	__u32 generation;
	__u8 flags;
	__u8 mode; /* enum mode */
	__u16 port_be;
	__u8 address[16];
	__u8 next_hop_mac[6];
	__u8 own_mac[6];
	__u32 interface; /* to the next hop */
	__u16 vlan; /* 802.1Q tag control towards the next hop, machine order; 0 for none */
	__u16 mtu; /* of the way to the endpoint, IP header included; 0 for unchecked */
	__u16 address_delta; /* of the address alone, both families */
	__u16 transport_delta; /* of address and port */
	__u16 vip_port_be;
	__u8 protocol;
	__u8 padding;
	__u32 vip; /* id */
	__u8 reserved[8];
	/* second cache line */
	__u8 vip_address[16];
	__u8 outer_source[16]; /* of encapsulated packets */
	__u8 reserved2[32];
};
_Static_assert(sizeof(struct endpoint) == 128, "endpoint");

/* Where a reply comes from: the key of replies. */
struct reply_key {
	__u8 address[16];
	__u16 port_be;
	__u8 protocol;
	__u8 padding;
};
_Static_assert(sizeof(struct reply_key) == 20, "reply_key");

/* The endpoints (one per VIP) that have this address and port. */
struct reply {
	__u32 count;
	__u32 endpoints[MAX_SHARED];
};
_Static_assert(sizeof(struct reply) == 20, "reply");

/* A network: the key of the allow and deny lists, as LPM tries take it. */
struct network_v4 {
	__u32 prefix;
	__u8 address[4];
};
struct network_v6 {
	__u32 prefix;
	__u8 address[16];
};

/*
 * Ports that replies come from, the value of reply_ports: of word port / 64 the bit port % 64, ports in
 * the machine's order, whatever the protocol. A packet from another port is not looked for in replies,
 * so that every key of replies needs its bit; a bit too many costs a look-up and nothing else.
 */
#define REPLY_PORT_WORDS 1024
struct reply_ports {
	__u64 bits;
};

/* What the gateway sets for all VIPs. */
struct settings {
	__u32 hertz; /* jiffies per second */
	__u32 flags;
	__u32 new_flows_per_cpu; /* entered per second and CPU; 0 for no limit */
	__u32 new_flows_per_source; /* entered per second and source, and at once; 0 for no limit */
	__u32 event_sample; /* one event in so many; 0 and 1 for all */
	__u32 stateless_seconds; /* how long replies without a flow are turned back after a flow was not entered */
};
_Static_assert(sizeof(struct settings) == 24, "settings");

/* What this CPU has done in its current second. Written by the kernel alone. */
struct budget {
	__u64 since; /* jiffies of the second's begin */
	__u32 used; /* flows entered */
	__u32 answered; /* ICMP errors sent */
};
_Static_assert(sizeof(struct budget) == 16, "budget");

/* Who opens flows: an IPv4 address, or the first 64 bits of an IPv6 address. The key of sources. */
struct source_key {
	__u8 address[16];
};

/*
 * The token bucket of a source, as the generic cell rate algorithm keeps it (ITU-T I.371): when the
 * bucket is full again. Written by the kernel alone, in jiffies << SOURCE_SHIFT.
 */
#define SOURCE_SHIFT 20
struct source {
	__u64 full;
};
_Static_assert(sizeof(struct source) == 8, "source");

/* When a flow was last forwarded without an entry: jiffies, 0 for never. The value of stateless. */
struct stateless {
	__u64 last;
};

/* Why a packet met its end. Also what explain answers and what reasons counts. Append only. */
enum reason {
	REASON_NONE = 0,
	/* forwarded */
	REASON_FLOW = 1, /* a known flow */
	REASON_NEW_FLOW = 2,
	REASON_MOVED_FLOW = 3, /* its endpoint is gone, another was chosen */
	REASON_STATELESS = 4, /* not entered: gate, cap, source's cap or full table */
	REASON_REPLY = 5,
	REASON_REPLY_STATELESS = 6,
	REASON_ICMP_ERROR = 7,
	/* passed */
	REASON_NOT_OURS = 16, /* neither a VIP nor a reply */
	REASON_NOT_IP = 17,
	REASON_FRAGMENT = 18, /* of a datagram, or behind the first of a segment */
	REASON_EXTENSION_HEADERS = 19, /* more IPv6 extension headers than are followed */
	REASON_RELAY = 20, /* the relay owns the flow */
	REASON_MODE_PASS = 21,
	REASON_NO_ENDPOINT = 22,
	REASON_TTL = 23, /* of a reply; the kernel answers */
	REASON_NO_NEXT_HOP = 24, /* rewritten and passed: the kernel resolves the neighbour */
	REASON_TUNNEL = 25, /* more VLAN tags than are followed */
	REASON_ICMP_OTHER = 26,
	/* dropped */
	REASON_DENIED = 32,
	REASON_MALFORMED = 33,
	REASON_MODE_DROP = 34,
	REASON_TOO_BIG = 35, /* for the way to the endpoint; an ICMP error was sent back */
	REASON_NO_ROOM = 36, /* the driver gives no room for an outer header */
	REASON_NO_ROUTE = 37,
	REASON_TTL_EXCEEDED = 38, /* of a client's packet; an ICMP error was sent back */
	REASON_DEAD_ENDPOINT = 39, /* a reply from an endpoint that is gone */
	REASON_TCP_FRAGMENT = 40, /* the first of a segment that the relay has no connection for */
	REASONS = 48,
};

/* Counters, one of each per CPU. */
struct endpoint_count {
	__u64 packets; /* from clients */
	__u64 bytes; /* of IP packets as they came, link header not included */
	__u64 reply_packets; /* to clients; none with direct server return */
	__u64 reply_bytes;
	__u64 flows; /* entered */
	__u64 reserved;
};
_Static_assert(sizeof(struct endpoint_count) == 48, "endpoint_count");

/* Of a VIP; what was forwarded is with its endpoints. */
struct vip_count {
	__u64 passed;
	__u64 dropped;
	__u64 stateless; /* forwarded without an entry */
	__u64 flows; /* entered */
};
_Static_assert(sizeof(struct vip_count) == 32, "vip_count");

/* An event in the ring buffer. */
struct event {
	__u64 nanos; /* monotonic clock */
	__u8 source[16];
	__u8 destination[16];
	__u16 source_port_be;
	__u16 destination_port_be;
	__u8 protocol;
	__u8 reason; /* enum reason */
	__u16 bytes; /* of the packet */
	__u32 interface;
	__u32 endpoint; /* NO_ENDPOINT when none was chosen */
};
_Static_assert(sizeof(struct event) == 56, "event");

#endif
