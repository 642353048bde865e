package io.expressgateway.xdp.model;

/** enum mode of {@code bpf/layout.h}. */
public enum Mode {
  PASS,
  DROP,
  NAT,
  DSR_IPIP,
  DSR_L2
}
