package io.expressgateway.config.compile;

import io.expressgateway.config.Problems;
import io.expressgateway.config.bind.ClosestKey;
import io.expressgateway.net.HostPort;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where the uri of a route leads: {@code lb://cluster} (also {@code lb:http://} and {@code
 * lb:ws://}), {@code http://host:port}, {@code ws://host:port}, both with an s for TLS, or {@code
 * no://anything} for a route whose filters always answer.
 */
final class RouteUri {

  private final String key;
  private final RouteSetting setting;
  private final Problems problems;

  RouteUri(String routeKey, RouteSetting setting, Problems problems) {
    this.key = routeKey + ".uri";
    this.setting = setting;
    this.problems = problems;
  }

  /** The name of the cluster; empty when there is none, or when a problem was reported. */
  String cluster(@Nullable URI uri, ImplicitClusters implicit) {
    if (uri == null) {
      problems.refuse(key, "", "is required", "write lb://CLUSTER or http://host:port");
      return "";
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "lb" -> balanced(uri);
      case "http", "ws" -> direct(uri, implicit, false);
      case "https", "wss" -> direct(uri, implicit, true);
      case "no" -> "";
      case "forward" -> refuse(uri, "there is no handler in this process to forward to");
      default -> refuse(uri, "the scheme " + scheme + " is not known");
    };
  }

  private String balanced(URI uri) {
    URI inner = uri;
    boolean secure = false;
    if (uri.isOpaque()) {
      inner = URI.create(uri.getRawSchemeSpecificPart());
      String scheme = String.valueOf(inner.getScheme()).toLowerCase(Locale.ROOT);
      secure = scheme.equals("https") || scheme.equals("wss");
      if (!secure && !scheme.equals("http") && !scheme.equals("ws")) {
        return refuse(uri, "the scheme " + scheme + " within lb: is not known");
      }
    }
    String name = String.valueOf(inner.getRawAuthority());
    if (secure && setting.clusters().contains(name) && !setting.secured().contains(name)) {
      problems.refuse(
          key,
          uri.toString(),
          "the endpoints of " + name + " are spoken to in clear text",
          "write tls: { enabled: true } at the cluster, or lb://" + name);
      return "";
    }
    if (setting.relayClusters().contains(name)) {
      return refuseRelay(uri, name);
    }
    if (setting.clusters().contains(name)) {
      return name;
    }
    Set<String> known = new TreeSet<>(setting.clusters());
    problems.refuse(
        key,
        uri.toString(),
        "there is no cluster " + name,
        known.isEmpty()
            ? "write it under expressgateway.clusters"
            : "write it under expressgateway.clusters; the closest there is "
                + ClosestKey.to(name, known));
    return "";
  }

  private String direct(URI uri, ImplicitClusters implicit, boolean secure) {
    String host = uri.getHost();
    if (host == null || uri.getRawUserInfo() != null || uri.getPort() == 0) {
      return refuse(uri, "has no usable host and port");
    }
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    int implied = secure ? 443 : 80;
    int port = uri.getPort() < 0 ? implied : uri.getPort();
    if (port > 65_535) {
      return refuse(uri, "has no usable host and port");
    }
    String name = implicit.nameFor(new HostPort(bare, port), secure);
    return setting.relayClusters().contains(name) ? refuseRelay(uri, name) : name;
  }

  private String refuseRelay(URI uri, String name) {
    problems.refuse(
        key,
        uri.toString(),
        "cluster " + name + " is given bytes by relays and knows no requests",
        "write protocol: http1 or http2 for the cluster, or name another one");
    return "";
  }

  private String refuse(URI uri, String reason) {
    problems.refuse(key, uri.toString(), reason, "write lb://CLUSTER, http://host:port or no://op");
    return "";
  }
}
