package io.expressgateway.http.proxy;

import io.expressgateway.http.AccessLog;
import io.expressgateway.limit.Rules;
import io.expressgateway.net.Cidr;
import io.expressgateway.net.IpLiteral;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderPolicy;
import io.expressgateway.tls.ServerTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A listener made ready: its facts, its place, whom it trusts and where it logs. Immutable. */
public final class ListenerContext {

  private final ListenerSpec spec;
  private final int index;
  private final AccessLog accessLog;
  private final @Nullable ServerTls tls;
  private final Rules rules;
  private final ProxyHeaderPolicy headerPolicy;
  private final @Nullable Pattern trustedPattern;
  private final List<String> identityHeaders;

  /** A listener in clear text at place {@code index} of the snapshot. */
  public ListenerContext(ListenerSpec spec, int index, AccessLog accessLog) {
    this(spec, index, accessLog, null, Rules.DEFAULTS, List.of());
  }

  /**
   * The listener at place {@code index} of the snapshot.
   *
   * @param tls null for clear text
   * @param rules how strict to be with clients
   * @param identityHeaders names of the headers in which any listener tells endpoints about client
   *     certificates
   */
  public ListenerContext(
      ListenerSpec spec,
      int index,
      AccessLog accessLog,
      @Nullable ServerTls tls,
      Rules rules,
      List<String> identityHeaders) {
    this.spec = spec;
    this.index = index;
    this.accessLog = accessLog;
    this.tls = tls;
    this.identityHeaders =
        identityHeaders.stream()
            .map(name -> name.toLowerCase(Locale.ROOT).replace('_', '-'))
            .distinct()
            .toList();
    this.rules = rules;
    this.headerPolicy = ProxyHeaderPolicy.valueOf(spec.proxyProtocol().name());
    this.trustedPattern =
        spec.trustedProxyPattern().isEmpty() ? null : Pattern.compile(spec.trustedProxyPattern());
  }

  /** The facts. */
  public ListenerSpec spec() {
    return spec;
  }

  /** The place in the snapshot. */
  public int index() {
    return index;
  }

  /** Certificates and what belongs to them; null for clear text. */
  public @Nullable ServerTls tls() {
    return tls;
  }

  /** What only we may say to endpoints: lower case, dashes for underscores. */
  List<String> identityHeaders() {
    return identityHeaders;
  }

  /** How strict to be with clients, as the snapshot says that was current at the connection. */
  public Rules rules() {
    return rules;
  }

  /** What is expected before everything else. */
  public ProxyHeaderPolicy headerPolicy() {
    return headerPolicy;
  }

  /** Whether a PROXY protocol header of this peer is believed; of anybody when nobody is named. */
  public boolean mayIntroduce(InetSocketAddress peer) {
    return (spec.trustedProxies().isEmpty() && trustedPattern == null) || trusts(peer.getAddress());
  }

  AccessLog accessLog() {
    return accessLog;
  }

  /** Whether forwarding headers from this address are believed. Called once per connection. */
  boolean trusts(InetAddress address) {
    List<Cidr> networks = spec.trustedProxies();
    for (Cidr network : networks) {
      if (network.contains(address)) {
        return true;
      }
    }
    return trustedPattern != null
        && trustedPattern.matcher(IpLiteral.format(address.getAddress())).matches();
  }
}
