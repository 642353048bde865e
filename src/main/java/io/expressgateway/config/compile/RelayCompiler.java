package io.expressgateway.config.compile;

import io.expressgateway.config.Problems;
import io.expressgateway.config.properties.HttpProperties;
import io.expressgateway.config.properties.ListenerProperties;
import io.expressgateway.config.properties.RelayProperties;
import io.expressgateway.config.properties.UdpProperties;
import io.expressgateway.snapshot.ListenerSpec.Protocol;
import io.expressgateway.snapshot.RelayLimits;
import io.expressgateway.snapshot.RelaySpec;
import io.expressgateway.snapshot.UdpLimits;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a listener says of relaying, and whether it may say it. Whether its clusters exist is for
 * {@link RelayClusters}. Confined to the thread that compiles.
 */
final class RelayCompiler {

  private static final HttpProperties NO_HTTP = Defaulted.bind(Map.of(), HttpProperties.class);
  private static final RelayProperties NO_RELAY = Defaulted.bind(Map.of(), RelayProperties.class);
  private static final UdpProperties NO_UDP = Defaulted.bind(Map.of(), UdpProperties.class);

  /** A DNS name, its leftmost label perhaps a star (RFC 9525 section 6.3), in lower case. */
  private static final Pattern NAME =
      Pattern.compile(
          "(\\*\\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*");

  private static final int MAX_NAME = 253;

  private final Problems problems;

  RelayCompiler(Problems problems) {
    this.problems = problems;
  }

  /** What the relay does; null for a listener of HTTP. */
  @Nullable RelaySpec compile(String key, ListenerProperties listener, Protocol protocol) {
    if (!protocol.isRelayed()) {
      refuse(key + ".cluster", listener.cluster(), protocol, "routes say where requests go");
      refuseRelayKeys(key, listener, protocol);
      return null;
    }
    refuseHttpKeys(key, listener, protocol);
    if (protocol != Protocol.TLS_PASSTHROUGH) {
      refuseNames(key, listener, protocol);
    }
    if (protocol == Protocol.UDP) {
      refuseIfWritten(key + ".relay", !listener.relay().equals(NO_RELAY), protocol);
      refuse(
          key + ".proxy-protocol",
          listener.proxyProtocol().equals("off") ? null : listener.proxyProtocol(),
          protocol,
          "a datagram has no beginning of a connection");
    } else {
      refuseIfWritten(key + ".udp", !listener.udp().equals(NO_UDP), protocol);
    }
    String cluster = listener.cluster();
    if (cluster == null && (protocol != Protocol.TLS_PASSTHROUGH || listener.sni().isEmpty())) {
      problems.refuse(
          key + ".cluster",
          "",
          "a listener of protocol " + protocol.text() + " has to know where bytes go",
          protocol == Protocol.TLS_PASSTHROUGH
              ? "name a cluster of protocol tcp, or names and clusters under sni"
              : "name a cluster of protocol " + RelayClusters.wanted(protocol));
    }
    return new RelaySpec(
        cluster == null ? "" : cluster,
        names(key + ".sni", listener.sni()),
        limits(listener.relay()),
        udp(listener.udp()));
  }

  private void refuseNames(String key, ListenerProperties listener, Protocol protocol) {
    if (!listener.sni().isEmpty()) {
      refuse(
          key + ".sni",
          String.join(", ", listener.sni().keySet()),
          protocol,
          "only tls-passthrough chooses by name");
    }
  }

  private void refuseRelayKeys(String key, ListenerProperties listener, Protocol protocol) {
    refuseNames(key, listener, protocol);
    refuseIfWritten(key + ".relay", !listener.relay().equals(NO_RELAY), protocol);
    refuseIfWritten(key + ".udp", !listener.udp().equals(NO_UDP), protocol);
  }

  private void refuseHttpKeys(String key, ListenerProperties listener, Protocol protocol) {
    refuseIfWritten(key + ".http", !listener.http().equals(NO_HTTP), protocol);
    if (!listener.trustedProxies().isEmpty() && listener.proxyProtocol().equals("off")) {
      refuse(
          key + ".trusted-proxies",
          String.join(",", listener.trustedProxies()),
          protocol,
          "there are no forwarding headers, and proxy-protocol is off");
    }
    if (protocol == Protocol.TLS) {
      refuse(key + ".tls.client-subject-header", listener.tls().clientSubjectHeader(), protocol);
      refuse(
          key + ".tls.client-fingerprint-header",
          listener.tls().clientFingerprintHeader(),
          protocol);
      refuse(key + ".tls.client-cert-header", listener.tls().clientCertHeader(), protocol);
      if (listener.tls().strictAuthority()) {
        refuse(key + ".tls.strict-authority", "true", protocol);
      }
    }
  }

  private void refuse(String key, @Nullable String value, Protocol protocol) {
    refuse(key, value, protocol, "bytes are relayed as they are");
  }

  private void refuse(String key, @Nullable String value, Protocol protocol, String why) {
    if (value != null) {
      problems.refuse(
          key,
          value,
          "has no meaning for a listener of protocol " + protocol.text() + ": " + why,
          "remove the key");
    }
  }

  private void refuseIfWritten(String key, boolean isWritten, Protocol protocol) {
    if (isWritten) {
      problems.refuse(
          key,
          "",
          "has no meaning for a listener of protocol " + protocol.text(),
          "remove the keys below it");
    }
  }

  private Map<String, String> names(String key, Map<String, String> written) {
    Map<String, String> names = new LinkedHashMap<>();
    written.forEach((pattern, cluster) -> {
      String name = pattern.toLowerCase(Locale.ROOT);
      if (name.length() > MAX_NAME || !NAME.matcher(name).matches()) {
        problems.refuse(
            key + "." + pattern,
            cluster,
            "is neither a host name nor *. and a host name",
            "write a name as in api.example.com, or *.example.com for every one of one label more");
      } else {
        names.put(name, cluster);
      }
    });
    return names;
  }

  private static RelayLimits limits(RelayProperties relay) {
    return new RelayLimits(
        relay.idleTimeout(),
        relay.maxLifetime(),
        relay.writeStallTimeout(),
        relay.connectAttempts());
  }

  private static UdpLimits udp(UdpProperties udp) {
    return new UdpLimits(udp.sessionIdleTimeout(), udp.maxSessions(), udp.maxSessionsPerIp());
  }
}
