package io.expressgateway.xdp.model;

/** How a VIP is served. */
public record Vip(
    int id, Mode mode, HashOn hashOn, boolean isRelayed, boolean hasTable, boolean hasPrevious) {

  /** One whose relay may have connections, as every VIP's at the start. */
  public Vip(int id, Mode mode, HashOn hashOn, boolean hasTable, boolean hasPrevious) {
    this(id, mode, hashOn, true, hasTable, hasPrevious);
  }
}
