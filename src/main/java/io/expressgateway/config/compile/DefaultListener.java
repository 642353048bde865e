package io.expressgateway.config.compile;

import io.expressgateway.config.properties.ListenerProperties;
import io.expressgateway.config.spring.SpringValues;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The listener of an unmodified Spring Cloud Gateway file: named {@code default}, made from
 * Spring's own {@code server.*} keys.
 */
public final class DefaultListener {

  private static final String CLIENT = "spring.cloud.gateway.server.webflux.httpclient.";
  private static final String MAX_FRAME = CLIENT + "websocket.max-frame-payload-length";
  private static final int MAX_HEAD_BYTES = 16 * 1024 * 1024;

  private DefaultListener() {}

  /** The listener; everything that no key of Spring's says has its default. */
  public static ListenerProperties from(SpringValues values) {
    Map<String, Object> keys = new HashMap<>();
    String host = values.text("server.address").orElse("0.0.0.0");
    int port = values.number("server.port", 0, 65_535).orElse(8080);
    keys.put("made.name", "default");
    keys.put("made.bind", (host.indexOf(':') >= 0 ? "[" + host + "]:" : host + ":") + port);
    if (isSecure(values)) {
      keys.put("made.protocol", "https");
      keys.put("made.tls.ssl-bundle", SslBundleKeys.SERVER);
      keys.put("made.tls.client-auth", clientAuth(values));
      keys.put("made.tls.min-version", minVersion(values));
    }
    values
        .size("server.max-http-request-header-size", 1024, MAX_HEAD_BYTES)
        .ifPresent(size -> keys.put("made.http.max-header-size", size.toBytes() + "B"));
    values
        .duration("server.netty.idle-timeout")
        .ifPresent(idle -> keys.put("made.http.keep-alive-timeout", millis(idle)));
    values
        .number("server.netty.max-keep-alive-requests", -1, Integer.MAX_VALUE)
        .ifPresent(max -> keys.put("made.http.max-keep-alive-requests", requests(max)));
    values
        .duration(CLIENT + "response-timeout")
        .ifPresent(longest -> keys.put("made.http.response-timeout", millis(longest)));
    values
        .number(MAX_FRAME, 1, Integer.MAX_VALUE)
        .ifPresent(max -> keys.put("made.http.websocket.max-frame-size", max + "B"));
    return Defaulted.bind(keys, ListenerProperties.class);
  }

  /** As in Boot: any key of {@code server.ssl} but a false {@code enabled}. */
  private static boolean isSecure(SpringValues values) {
    return values.hasAnyBelow(SslBundleKeys.SERVER) && values.flag("server.ssl.enabled", true);
  }

  private static String clientAuth(SpringValues values) {
    return values.word("server.ssl.client-auth", List.of("none", "want", "need")).orElse("none");
  }

  private static String minVersion(SpringValues values) {
    List<String> versions =
        values.texts("server.ssl.enabled-protocols", List.of("TLSv1.2", "TLSv1.3"));
    return versions.isEmpty() || versions.contains("TLSv1.2") ? "TLSv1.2" : "TLSv1.3";
  }

  /** Whether the listener speaks HTTP/2 over TLS, as in Boot only when asked to. */
  public static boolean http2(SpringValues values) {
    return values.flag("server.http2.enabled", false);
  }

  /** Reactor Netty's -1 is no limit. */
  private static int requests(int max) {
    return max < 1 ? Integer.MAX_VALUE : max;
  }

  private static String millis(Duration duration) {
    return duration.toMillis() + "ms";
  }
}
