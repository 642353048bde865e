package io.expressgateway.xdp.model;

/** What an XDP program returns (enum xdp_action of the kernel). */
public enum Verdict {
  ABORTED,
  DROP,
  PASS,
  TX,
  REDIRECT
}
