package io.expressgateway.admin;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Stands in front of everything on the management port: the bearer token, and for calls that change
 * state the two checks that keep a browser from being used against it (a content type that a form
 * cannot send, and the same origin).
 */
final class ManagementGuard implements WebFilter, Ordered {

  private static final String BEARER = "Bearer ";

  private final byte @Nullable [] tokenHash;

  /**
   * A guard.
   *
   * @param tokenSha256 the token's SHA-256 in hexadecimal; empty for none
   * @throws IllegalArgumentException when that is not 64 hexadecimal digits
   */
  ManagementGuard(String tokenSha256) {
    this.tokenHash = tokenSha256.isEmpty() ? null : parse(tokenSha256);
  }

  private static byte[] parse(String hex) {
    byte[] hash = HexFormat.of().parseHex(hex.toLowerCase(java.util.Locale.ROOT));
    if (hash.length != 32) {
      throw new IllegalArgumentException("not 64 hexadecimal digits");
    }
    return hash;
  }

  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    HttpMethod method = request.getMethod();
    boolean reads = method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
    if (reads && ProbeRoutes.PATHS.contains(request.getPath().value())) {
      return chain.filter(exchange);
    }
    if (!isAuthorized(request.getHeaders())) {
      exchange.getResponse().getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
      return refuse(exchange, HttpStatus.UNAUTHORIZED, "a bearer token is needed");
    }
    if (!reads) {
      if (!isSameOrigin(request)) {
        return refuse(exchange, HttpStatus.FORBIDDEN, "the Origin is not this server's");
      }
      if (!isJson(request.getHeaders())) {
        return refuse(
            exchange, HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Type must be application/json");
      }
    }
    return chain.filter(exchange);
  }

  private boolean isAuthorized(HttpHeaders headers) {
    if (tokenHash == null) {
      return true;
    }
    List<String> values = headers.getOrEmpty(HttpHeaders.AUTHORIZATION);
    if (values.size() != 1 || !values.getFirst().regionMatches(true, 0, BEARER, 0, 7)) {
      return false;
    }
    String token = values.getFirst().substring(BEARER.length()).strip();
    // Hashes are compared, in constant time: neither content nor length of the token leaks.
    return MessageDigest.isEqual(
        sha256().digest(token.getBytes(StandardCharsets.UTF_8)), tokenHash);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static boolean isSameOrigin(ServerHttpRequest request) {
    String origin = request.getHeaders().getOrigin();
    if (origin == null) {
      return true;
    }
    String host = request.getHeaders().getFirst(HttpHeaders.HOST);
    try {
      return host != null && host.equalsIgnoreCase(URI.create(origin).getRawAuthority());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isJson(HttpHeaders headers) {
    try {
      MediaType type = headers.getContentType();
      return type != null && type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Mono<Void> refuse(ServerWebExchange exchange, HttpStatus status, String detail) {
    ServerHttpResponse response = exchange.getResponse();
    response.setStatusCode(status);
    return ProblemWriter.write(response, status.value(), detail);
  }
}
