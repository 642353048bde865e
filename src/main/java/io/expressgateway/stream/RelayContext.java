package io.expressgateway.stream;

import io.expressgateway.limit.Rules;
import io.expressgateway.net.Cidr;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.RelayLimits;
import io.expressgateway.snapshot.RelaySpec;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderPolicy;
import io.expressgateway.tls.ServerTls;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A relay's listener made ready: its facts, its clusters and where it logs, as one snapshot has it.
 * Immutable.
 */
final class RelayContext {

  /** Of Linux: net.ipv4.tcp_keepalive_time, two hours. */
  private static final long KEEP_ALIVE_NANOS = 7_200_000_000_000L;

  private final ListenerSpec spec;
  private final RelaySpec relay;
  private final @Nullable Target target;
  private final SniTable<Target> names;
  private final FlowLog log;
  private final @Nullable ServerTls tls;
  private final Rules rules;
  private final ProxyHeaderPolicy headerPolicy;
  private final long idleNanos;
  private final long lifetimeNanos;
  private final long stallNanos;

  /**
   * @param targets the cluster of a name, made ready
   * @param tls null when TLS does not end here
   */
  RelayContext(
      ListenerSpec spec,
      RelaySpec relay,
      Function<String, Target> targets,
      FlowLog log,
      @Nullable ServerTls tls,
      Rules rules) {
    this.spec = spec;
    this.relay = relay;
    this.target = relay.cluster().isEmpty() ? null : targets.apply(relay.cluster());
    this.names = new SniTable<>(relay.sni(), targets);
    this.log = log;
    this.tls = tls;
    this.rules = rules;
    this.headerPolicy = ProxyHeaderPolicy.valueOf(spec.proxyProtocol().name());
    this.idleNanos = relay.limits().idleTimeout().toNanos();
    this.lifetimeNanos = relay.limits().maxLifetime().toNanos();
    this.stallNanos = relay.limits().writeStallTimeout().toNanos();
  }

  ListenerSpec spec() {
    return spec;
  }

  RelaySpec relay() {
    return relay;
  }

  RelayLimits limits() {
    return relay.limits();
  }

  /** Where bytes go when no name decides; null for nowhere. */
  @Nullable Target target() {
    return target;
  }

  /** Where a name leads: its own target, else the listener's; null for nowhere. */
  @Nullable Target target(String serverName) {
    Target found = serverName.isEmpty() ? null : names.find(serverName);
    return found == null ? target : found;
  }

  FlowLog log() {
    return log;
  }

  @Nullable ServerTls tls() {
    return tls;
  }

  Rules rules() {
    return rules;
  }

  /** 0 for no limit. */
  long idleNanos() {
    return idleNanos;
  }

  /**
   * Whether an idle flow outlives the time after which the kernel asks whether its peer is there.
   */
  boolean needsKeepAlive() {
    return idleNanos == 0 || idleNanos > KEEP_ALIVE_NANOS;
  }

  /** 0 for no limit. */
  long lifetimeNanos() {
    return lifetimeNanos;
  }

  /** 0 for no limit. */
  long stallNanos() {
    return stallNanos;
  }

  /** What is expected before everything else. */
  ProxyHeaderPolicy headerPolicy() {
    return headerPolicy;
  }

  /** Whether a PROXY protocol header of this peer is believed; of anybody when nobody is named. */
  boolean trusts(InetAddress peer) {
    List<Cidr> networks = spec.trustedProxies();
    return networks.isEmpty() || networks.stream().anyMatch(network -> network.contains(peer));
  }
}
