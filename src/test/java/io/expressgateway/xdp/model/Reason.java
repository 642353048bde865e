package io.expressgateway.xdp.model;

import java.util.Arrays;

/** enum reason of {@code bpf/layout.h}. */
public enum Reason {
  NONE(0),
  FLOW(1),
  NEW_FLOW(2),
  MOVED_FLOW(3),
  STATELESS(4),
  REPLY(5),
  REPLY_STATELESS(6),
  ICMP_ERROR(7),
  NOT_OURS(16),
  NOT_IP(17),
  FRAGMENT(18),
  EXTENSION_HEADERS(19),
  RELAY(20),
  MODE_PASS(21),
  NO_ENDPOINT(22),
  TTL(23),
  NO_NEXT_HOP(24),
  TUNNEL(25),
  ICMP_OTHER(26),
  DENIED(32),
  MALFORMED(33),
  MODE_DROP(34),
  TOO_BIG(35),
  NO_ROOM(36),
  NO_ROUTE(37),
  TTL_EXCEEDED(38),
  DEAD_ENDPOINT(39),
  TCP_FRAGMENT(40);

  private final int number;

  Reason(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  public static Reason of(int number) {
    return Arrays.stream(values())
        .filter(reason -> reason.number == number)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("reason " + number));
  }
}
