package io.expressgateway.xdp.model;

/** How a VIP is served. */
public record Vip(int id, Mode mode, HashOn hashOn, boolean hasTable, boolean hasPrevious) {}
