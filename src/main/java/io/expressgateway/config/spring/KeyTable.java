package io.expressgateway.config.spring;

import static io.expressgateway.config.spring.KeyRule.Treatment.KEPT;
import static io.expressgateway.config.spring.KeyRule.Treatment.MAPPED;
import static io.expressgateway.config.spring.KeyRule.Treatment.REFUSED;
import static io.expressgateway.config.spring.KeyRule.Treatment.WARNED;

import io.expressgateway.config.spring.KeyRule.Treatment;
import java.util.List;
import java.util.Optional;

/**
 * Every key of Spring's that touches the gateway, one a line, and what happens to it; the same rows
 * stand in the configuration guide. The first rule that covers a key decides. It is long because it
 * is a table.
 */
public final class KeyTable {

  private static final String GATEWAY = "spring.cloud.gateway.server.webflux.";

  /** The rules, the more special ones first. */
  public static final List<KeyRule> RULES =
      List.of(
          rule(GATEWAY + "routes.*", MAPPED, "the routes"),
          rule(
              GATEWAY + "default-filters.*",
              MAPPED,
              "joined with the filters of every route, by position, as there"),
          rule(
              GATEWAY + "fail-on-route-definition-error",
              MAPPED,
              "true refuses everything for one bad route; false leaves that route out and reports it"),
          rule(
              GATEWAY + "trusted-proxies",
              MAPPED,
              "a regular expression on the textual address of the peer; expressgateway.listeners[].trusted-proxies takes networks instead"),
          rule(
              GATEWAY + "enabled",
              REFUSED,
              "a gateway that is switched off serves nothing",
              "true"),
          rule(
              GATEWAY + "httpclient.connect-timeout",
              MAPPED,
              "connect-timeout of implicit clusters, in milliseconds"),
          rule(
              GATEWAY + "httpclient.response-timeout",
              MAPPED,
              "first-byte-timeout of implicit clusters and response-timeout of the listener default"),
          rule(
              GATEWAY + "httpclient.pool.max-connections",
              MAPPED,
              "pool.max-connections of implicit clusters"),
          rule(
              GATEWAY + "httpclient.pool.max-idle-time",
              MAPPED,
              "pool.idle-timeout of implicit clusters"),
          rule(
              GATEWAY + "httpclient.pool.max-life-time",
              MAPPED,
              "pool.max-lifetime of implicit clusters"),
          rule(
              GATEWAY + "httpclient.pool.type",
              REFUSED,
              "requests always share pooled connections",
              "elastic",
              "fixed",
              "ELASTIC",
              "FIXED"),
          rule(
              GATEWAY + "httpclient.pool.*",
              WARNED,
              "the pool belongs to this gateway: last in, first out, bounded by pool.max-pending"),
          rule(
              GATEWAY + "httpclient.proxy.*",
              REFUSED,
              "a proxy towards endpoints is not built yet"),
          rule(
              GATEWAY + "httpclient.ssl.use-insecure-trust-manager",
              MAPPED,
              "true verifies nothing at https:// addresses in routes"),
          rule(
              GATEWAY + "httpclient.ssl.trusted-x509-certificates.*",
              MAPPED,
              "PEM files of who is trusted at https:// addresses in routes"),
          rule(
              GATEWAY + "httpclient.ssl.trusted-x509-certificates",
              MAPPED,
              "PEM files of who is trusted at https:// addresses in routes"),
          rule(
              GATEWAY + "httpclient.ssl.ssl-bundle",
              MAPPED,
              "what is trusted and our own certificate at https:// addresses in routes"),
          rule(
              GATEWAY + "httpclient.ssl.key-store",
              MAPPED,
              "our own certificate at https:// addresses in routes"),
          rule(GATEWAY + "httpclient.ssl.key-store-password", MAPPED, "of that key store"),
          rule(GATEWAY + "httpclient.ssl.key-store-type", MAPPED, "of that key store"),
          rule(GATEWAY + "httpclient.ssl.key-store-provider", MAPPED, "of that key store"),
          rule(GATEWAY + "httpclient.ssl.key-password", MAPPED, "of the key in that key store"),
          rule(
              GATEWAY + "httpclient.ssl.handshake-timeout",
              WARNED,
              "connect-timeout bounds connecting and handshake together"),
          rule(
              GATEWAY + "httpclient.ssl.close-notify-flush-timeout",
              WARNED,
              "a close_notify is sent and not waited for"),
          rule(
              GATEWAY + "httpclient.ssl.close-notify-read-timeout",
              WARNED,
              "a close_notify is sent and not waited for"),
          rule(
              GATEWAY + "httpclient.websocket.max-frame-payload-length",
              MAPPED,
              "http.websocket.max-frame-size of the listener default"),
          rule(
              GATEWAY + "httpclient.websocket.proxy-ping",
              REFUSED,
              "pings always pass to the endpoint, and security.websocket-ping-flood bounds them",
              "true"),
          rule(
              GATEWAY + "httpclient.compression",
              WARNED,
              "responses are passed as the endpoint sent them",
              "false"),
          rule(
              GATEWAY + "httpclient.max-header-size",
              WARNED,
              "http.max-header-size of a listener limits heads"),
          rule(
              GATEWAY + "httpclient.max-initial-line-length",
              WARNED,
              "http.max-header-size of a listener limits heads"),
          rule(
              GATEWAY + "httpclient.wiretap",
              WARNED,
              "Reactor Netty does not carry requests here",
              "false"),
          rule(GATEWAY + "httpserver.*", WARNED, "Reactor Netty does not parse requests here"),
          rule(GATEWAY + "x-forwarded.for-enabled", MAPPED, "whether X-Forwarded-For is written"),
          rule(
              GATEWAY + "x-forwarded.for-append",
              MAPPED,
              "append to a trusted X-Forwarded-For instead of replacing it"),
          rule(GATEWAY + "x-forwarded.host-enabled", MAPPED, "whether X-Forwarded-Host is written"),
          rule(
              GATEWAY + "x-forwarded.host-append",
              MAPPED,
              "append to a trusted X-Forwarded-Host instead of replacing it"),
          rule(GATEWAY + "x-forwarded.port-enabled", MAPPED, "whether X-Forwarded-Port is written"),
          rule(
              GATEWAY + "x-forwarded.port-append",
              MAPPED,
              "append to a trusted X-Forwarded-Port instead of replacing it"),
          rule(
              GATEWAY + "x-forwarded.prefix-enabled",
              MAPPED,
              "whether X-Forwarded-Prefix is written"),
          rule(
              GATEWAY + "x-forwarded.prefix-append",
              MAPPED,
              "append to a trusted X-Forwarded-Prefix instead of replacing it"),
          rule(
              GATEWAY + "x-forwarded.proto-enabled",
              MAPPED,
              "whether X-Forwarded-Proto is written"),
          rule(
              GATEWAY + "x-forwarded.proto-append",
              MAPPED,
              "append to a trusted X-Forwarded-Proto instead of replacing it"),
          rule(
              GATEWAY + "x-forwarded.enabled", MAPPED, "whether any X-Forwarded header is written"),
          rule(
              GATEWAY + "x-forwarded.order",
              WARNED,
              "forwarding headers are written after all filters of a route",
              "0"),
          rule(GATEWAY + "forwarded.enabled", MAPPED, "whether Forwarded is written"),
          rule(
              GATEWAY + "forwarded.by.enabled",
              REFUSED,
              "the by parameter of Forwarded is not built yet",
              "false"),
          rule(
              GATEWAY + "filter.local-response-cache.*",
              REFUSED,
              "the response cache is not built yet",
              "false"),
          rule(
              GATEWAY + "filter.request-rate-limiter.*",
              REFUSED,
              "rate limits are not built yet",
              "true",
              "false"),
          rule(
              GATEWAY + "filter.remove-hop-by-hop.headers",
              REFUSED,
              "RFC 9110 section 7.6.1 decides which headers are removed"),
          rule(
              GATEWAY + "filter.remove-hop-by-hop.order",
              WARNED,
              "hop-by-hop headers are removed by the proxy itself"),
          rule(
              GATEWAY + "filter.secure-headers.*",
              MAPPED,
              "values of the headers that SecureHeaders writes"),
          rule(
              GATEWAY + "filter.*",
              MAPPED,
              "enabled: false takes a filter away; a route that names it is refused"),
          rule(
              GATEWAY + "predicate.host.include-port",
              REFUSED,
              "Host compares with the port, when the pattern has one",
              "true"),
          rule(
              GATEWAY + "predicate.*",
              MAPPED,
              "enabled: false takes a predicate away; a route that names it is refused"),
          rule(
              GATEWAY + "global-filter.*",
              WARNED,
              "there are no global filters; what they do is built in"),
          rule(GATEWAY + "globalcors.cors-configurations.*", REFUSED, "CORS is not built yet"),
          rule(
              GATEWAY + "globalcors.add-to-simple-url-handler-mapping",
              WARNED,
              "there is no handler mapping",
              "false"),
          rule(GATEWAY + "handler-mapping.order", WARNED, "there is no handler mapping"),
          rule(
              GATEWAY + "loadbalancer.use404",
              REFUSED,
              "a cluster without an endpoint answers 503",
              "false"),
          rule(
              GATEWAY + "metrics.*",
              WARNED,
              "spring.cloud.gateway.requests is always recorded under its own name and tags",
              "true"),
          rule(
              GATEWAY + "observability.enabled",
              WARNED,
              "tracing follows management.tracing.*",
              "true"),
          rule(GATEWAY + "redis-rate-limiter.*", REFUSED, "rate limits are not built yet"),
          rule(
              GATEWAY + "redis-route-definition-repository.enabled",
              WARNED,
              "routes are not read from Redis",
              "false"),
          rule(
              GATEWAY + "restrictive-property-accessor.enabled",
              WARNED,
              "there is no expression language",
              "true"),
          rule(GATEWAY + "route-filter-cache-enabled", WARNED, "routes are compiled once"),
          rule(
              GATEWAY + "route-refresh-listener.enabled",
              WARNED,
              "there is no refresh by discovery heartbeat"),
          rule(
              GATEWAY + "set-status.original-status-header-name",
              MAPPED,
              "the response header in which SetStatus tells the original status"),
          rule(GATEWAY + "streaming-media-types.*", WARNED, "every body is streamed"),
          rule(GATEWAY + "streaming-media-types", WARNED, "every body is streamed"),
          rule(
              GATEWAY + "discovery.locator.enabled",
              REFUSED,
              "routes from a discovery client are not built yet",
              "false"),
          rule(GATEWAY + "discovery.locator.*", WARNED, "has no effect while the locator is off"),
          rule(
              GATEWAY + "version.*",
              MAPPED,
              "how the Version predicate reads and checks a version"),
          rule("spring.cloud.gateway.mvc.*", REFUSED, "these are keys of the servlet gateway"),
          rule(
              "spring.cloud.gateway.server.webmvc.*",
              REFUSED,
              "these are keys of the servlet gateway"),
          rule(
              "spring.cloud.gateway.proxy-exchange.*",
              WARNED,
              "no controller proxies requests here"),
          rule(
              "server.port",
              MAPPED,
              "port of the listener default, when expressgateway.listeners is absent"),
          rule(
              "server.address",
              MAPPED,
              "address of the listener default, when expressgateway.listeners is absent"),
          rule(
              "server.http2.enabled",
              MAPPED,
              "whether the listener default offers HTTP/2 over TLS; in clear text it is always served by prior knowledge"),
          rule(
              "server.ssl.ciphers",
              REFUSED,
              "the cipher suites are fixed: forward secrecy and authenticated encryption"),
          rule(
              "server.ssl.ciphers.*",
              REFUSED,
              "the cipher suites are fixed: forward secrecy and authenticated encryption"),
          rule(
              "server.ssl.server-name-bundles.*",
              REFUSED,
              "certificates are chosen by the names in them; write a listener with tls.certificates"),
          rule("server.ssl.protocol", WARNED, "TLS 1.3 and 1.2 are spoken", "TLS"),
          rule(
              "server.ssl.enabled-protocols",
              MAPPED,
              "tls.min-version of the listener default; older than TLSv1.2 is not spoken"),
          rule(
              "server.ssl.enabled-protocols.*",
              MAPPED,
              "tls.min-version of the listener default; older than TLSv1.2 is not spoken"),
          rule(
              "server.ssl.*",
              MAPPED,
              "makes the listener default https, when expressgateway.listeners is absent"),
          rule(
              "server.max-http-request-header-size",
              MAPPED,
              "http.max-header-size of the listener default"),
          rule(
              "server.netty.idle-timeout",
              MAPPED,
              "http.keep-alive-timeout of the listener default"),
          rule(
              "server.netty.max-keep-alive-requests",
              MAPPED,
              "http.max-keep-alive-requests of the listener default"),
          rule("server.netty.validate-headers", REFUSED, "headers are always validated", "true"),
          rule(
              "server.netty.max-initial-line-length",
              WARNED,
              "http.max-header-size of a listener limits heads"),
          rule("server.netty.*", WARNED, "Reactor Netty does not parse requests here"),
          rule(
              "server.compression.enabled",
              REFUSED,
              "compression of responses is not built yet",
              "false"),
          rule("server.compression.*", KEPT, "without effect while compression is off"),
          rule(
              "server.forward-headers-strategy",
              WARNED,
              "trusted-proxies decides whose forwarding headers are believed",
              "none",
              "NONE"),
          rule(
              "server.shutdown",
              WARNED,
              "a stop always drains, as expressgateway.drain says",
              "graceful"),
          rule("server.error.*", KEPT, "error answers of the management server"),
          rule("server.reactive.*", KEPT, "sessions of the management server"),
          rule("server.server-header", KEPT, "the management server"),
          rule("server.servlet.*", WARNED, "there is no servlet container"),
          rule("server.tomcat.*", WARNED, "there is no servlet container"),
          rule("server.jetty.*", WARNED, "there is no servlet container"),
          rule("server.undertow.*", WARNED, "there is no servlet container"),
          rule(
              "spring.webflux.base-path",
              REFUSED,
              "routes begin at the root; use the PrefixPath or StripPrefix filter"),
          rule("spring.webflux.*", KEPT, "the management server"),
          rule("management.server.port", MAPPED, "the management server"),
          rule("management.server.address", MAPPED, "the management server"),
          rule("management.server.ssl.*", REFUSED, "TLS on the management server is not built yet"),
          rule(
              "management.server.base-path",
              REFUSED,
              "management is not below a path; use management.endpoints.web.base-path"),
          rule("management.server.servlet.*", WARNED, "there is no servlet container"),
          rule("management.server.*", KEPT, "the management server"));

  private KeyTable() {}

  private static KeyRule rule(String pattern, Treatment treatment, String why, String... except) {
    return new KeyRule(pattern, treatment, List.of(except), why);
  }

  /** The rule for a canonical key; empty when no such key is known. */
  static Optional<KeyRule> rule(String key) {
    return RULES.stream().filter(rule -> rule.covers(key)).findFirst();
  }
}
