package io.expressgateway.xdp.model;

/** enum flow_state of {@code bpf/layout.h}. */
public enum FlowState {
  PASS,
  SYN,
  ESTABLISHED,
  CLIENT_FIN,
  ENDPOINT_FIN,
  CLOSED,
  UDP
}
