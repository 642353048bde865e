package io.expressgateway.xdp.layout;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a packet met its end ({@code enum reason}). */
public enum Reason {
  /** None was noted. */
  NONE(0),
  /** Forwarded: a known flow. */
  FLOW(1),
  /** Forwarded: a new flow. */
  NEW_FLOW(2),
  /** Forwarded: its endpoint is gone, another was chosen. */
  MOVED_FLOW(3),
  /** Forwarded without an entry: gate, cap or full table. */
  STATELESS(4),
  /** Forwarded: from an endpoint to its client. */
  REPLY(5),
  /** Forwarded: from an endpoint, without an entry. */
  REPLY_STATELESS(6),
  /** Forwarded: an ICMP error about a flow. */
  ICMP_ERROR(7),
  /** Passed: neither a VIP nor a reply. */
  NOT_OURS(16),
  /** Passed: another protocol. */
  NOT_IP(17),
  /** Passed: a fragment of a datagram, or one that is not the first. */
  FRAGMENT(18),
  /** Passed: more IPv6 extension headers than are followed. */
  EXTENSION_HEADERS(19),
  /** Passed: the relay owns the flow. */
  RELAY(20),
  /** Passed: the VIP is to be passed. */
  MODE_PASS(21),
  /** Passed: no endpoint may be used. */
  NO_ENDPOINT(22),
  /** Passed: a reply has no hop left, the kernel answers. */
  TTL(23),
  /** Rewritten and passed: the kernel resolves the neighbour. */
  NO_NEXT_HOP(24),
  /** Passed: more VLAN tags than are followed. */
  TUNNEL(25),
  /** Passed: ICMP that is about no flow. */
  ICMP_OTHER(26),
  /** Dropped: the source is denied. */
  DENIED(32),
  /** Dropped: lengths that contradict each other. */
  MALFORMED(33),
  /** Dropped: the VIP is to be dropped. */
  MODE_DROP(34),
  /** Dropped: too big for an outer header. */
  TOO_BIG(35),
  /** Dropped: the driver gives no room for an outer header. */
  NO_ROOM(36),
  /** Dropped: there is no way to the endpoint. */
  NO_ROUTE(37),
  /** Answered: a client's packet has no hop left. */
  TTL_EXCEEDED(38),
  /** Dropped: from an endpoint that is gone. */
  DEAD_ENDPOINT(39),
  /** Dropped: the first fragment of a TCP segment of which the relay has no connection. */
  TCP_FRAGMENT(40);

  private static final Reason[] BY_CODE = new Reason[Limits.REASONS];

  static {
    for (Reason reason : values()) {
      BY_CODE[reason.code] = reason;
    }
  }

  private final int code;

  Reason(int code) {
    this.code = code;
  }

  /** The number that the kernel uses. */
  public int code() {
    return code;
  }

  /** As metrics and the admin API write it: {@code new-flow}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The reason of a number; null for one that this version does not know. */
  public static @Nullable Reason of(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }
}
