package io.expressgateway.xdp.model;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The maps that the program reads and writes. Mutable; confined to one thread. */
public final class Maps {

  public final Map<FlowKey, Flow> flows = new LinkedHashMap<>();
  public final Map<VipKey, Vip> vips = new LinkedHashMap<>();
  public final Map<Integer, Endpoint> endpoints = new LinkedHashMap<>();
  public final Map<Integer, Table> tables = new LinkedHashMap<>();
  public final Map<VipKey, List<Integer>> replies = new LinkedHashMap<>();
  public final Set<Network> deny = new LinkedHashSet<>();
  public final Set<Network> allow = new LinkedHashSet<>();
  public Settings settings = Settings.DEFAULT;

  /** Whether a flow was forwarded without an entry within the settings' time. */
  public boolean wasStateless;

  public Maps copy() {
    Maps copy = new Maps();
    copy.flows.putAll(flows);
    copy.vips.putAll(vips);
    copy.endpoints.putAll(endpoints);
    copy.tables.putAll(tables);
    copy.replies.putAll(replies);
    copy.deny.addAll(deny);
    copy.allow.addAll(allow);
    copy.settings = settings;
    copy.wasStateless = wasStateless;
    return copy;
  }
}
