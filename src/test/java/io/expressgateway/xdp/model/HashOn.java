package io.expressgateway.xdp.model;

/** enum hash_on of {@code bpf/layout.h}. */
public enum HashOn {
  TUPLE,
  SOURCE,
  CONNECTION_ID
}
