package io.expressgateway.snapshot;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a listener of protocol tcp, udp, tls or tls-passthrough does with bytes.
 *
 * @param cluster where they go when no name decides; empty for nowhere
 * @param sni clusters by the name that a ClientHello asks for, in lower case, exact or {@code
 *     *.example.com}
 * @param limits of connections
 * @param udp limits of sessions
 */
public record RelaySpec(
    String cluster, Map<String, String> sni, RelayLimits limits, UdpLimits udp) {

  /** Copies the map, whose order stays. */
  public RelaySpec {
    sni = Collections.unmodifiableMap(new LinkedHashMap<>(sni));
  }

  /** Everything to one cluster, with the default limits. */
  public static RelaySpec to(String cluster) {
    return new RelaySpec(cluster, Map.of(), RelayLimits.DEFAULTS, UdpLimits.DEFAULTS);
  }

  /** This relay with other limits of connections. */
  public RelaySpec with(RelayLimits others) {
    return new RelaySpec(cluster, sni, others, udp);
  }
}
