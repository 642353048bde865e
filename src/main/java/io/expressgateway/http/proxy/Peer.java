package io.expressgateway.http.proxy;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.expressgateway.message.HttpVersion;
import io.expressgateway.message.RequestHead;
import io.expressgateway.net.HostPort;
import io.expressgateway.net.IpLiteral;
import io.expressgateway.snapshot.ListenerSpec.Forwarding;
import io.expressgateway.snapshot.ListenerSpec.UnderscoreHeaders;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a downstream connection: its address, whether its forwarding headers are
 * believed, and the forwarding headers that we write for it (RFC 7239, RFC 9110 section 7.6.3).
 *
 * <p>From an untrusted peer, incoming {@code X-Forwarded-*} and {@code Forwarded} are dropped and
 * ours are written; they depend on the connection and on the authority only, so they are made once
 * and appended to every further request in one copy. Behind a trusted peer its values are kept and
 * ours appended, as the listener's switches say. Confined to the connection's event loop.
 */
public final class Peer {

  private static final String VIA = "1.1 expressgateway";
  private static final List<String> UNDERSCORED =
      List.of(
          "X_Forwarded_For",
          "X_Forwarded_Proto",
          "X_Forwarded_Host",
          "X_Forwarded_Port",
          "X_Forwarded_Prefix");
  private static final String VIA_HTTP_2 = "2.0 expressgateway";

  private final InetSocketAddress address;
  private final ListenerContext listener;
  private final boolean trusted;
  private final boolean takesUnderscores;
  private final String ip;
  private final HeaderBlock prepared = new HeaderBlock(320, 8);
  private final @Nullable ClientIdentity identity;
  private @Nullable String preparedFor;

  /** The peer of a connection in clear text that {@code listener} accepted. */
  public Peer(InetSocketAddress address, ListenerContext listener) {
    this(address, listener, null);
  }

  /**
   * The peer of a connection that {@code listener} accepted.
   *
   * @param tls its handshake, which is done; null for clear text
   */
  public Peer(InetSocketAddress address, ListenerContext listener, @Nullable SslHandler tls) {
    this.address = address;
    this.listener = listener;
    this.identity = ClientIdentity.of(listener, tls);
    this.trusted = listener.trusts(address.getAddress());
    this.takesUnderscores = listener.spec().http().underscoreHeaders() == UnderscoreHeaders.ALLOW;
    this.ip = IpLiteral.format(address.getAddress().getAddress());
  }

  /** The connection's remote address. */
  public InetSocketAddress address() {
    return address;
  }

  /** Whether the peer is one of the listener's trusted proxies. */
  public boolean isTrusted() {
    return trusted;
  }

  /** The listener that accepted the connection. */
  public ListenerContext listener() {
    return listener;
  }

  /**
   * The client: the peer itself, or, behind trusted proxies, the rightmost address of
   * X-Forwarded-For that is no trusted proxy.
   */
  InetSocketAddress client(RequestHead head) {
    if (!trusted || !head.headers().contains(HeaderName.X_FORWARDED_FOR)) {
      return address;
    }
    String[] hops = String.join(",", head.headers().all("X-Forwarded-For")).split(",", -1);
    InetSocketAddress client = address;
    for (int i = hops.length - 1; i >= 0; i--) {
      InetSocketAddress hop = hop(hops[i].strip());
      if (hop == null) {
        break;
      }
      client = hop;
      if (!listener.trusts(hop.getAddress())) {
        break;
      }
    }
    return client;
  }

  /** A bare address, {@code address:port}, or IPv6 in brackets with or without a port. */
  private static @Nullable InetSocketAddress hop(String text) {
    String literal = text;
    int port = 0;
    if (text.startsWith("[") && text.endsWith("]")) {
      literal = text.substring(1, text.length() - 1);
    } else if (IpLiteral.parse(text) == null && text.indexOf(':') > 0) {
      try {
        HostPort hostPort = HostPort.parse(text);
        literal = hostPort.host();
        port = hostPort.port();
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
    byte[] bytes = IpLiteral.parse(literal);
    return bytes == null ? null : new InetSocketAddress(IpLiteral.address(bytes), port);
  }

  /** Writes the forwarding headers into a request that is about to go upstream. */
  void writeForwarding(RequestHead head, String originalPath) {
    HeaderBlock headers = head.headers();
    Forwarding which = listener.spec().forwarding();
    if (!trusted) {
      if (!head.authority().equals(preparedFor)) {
        prepare(which, head);
      }
      headers.addAll(prepared);
    } else {
      appendTo(headers, which, head);
      headers.add(HeaderName.VIA, via(head));
    }
    if (identity != null) {
      identity.write(headers);
    }
    // The usual path is not rewritten, and then it is the very same object.
    if (which.xPrefix() && !head.path().equals(originalPath)) {
      writePrefix(headers, which, originalPath, head.path());
    }
  }

  /**
   * Takes away what only the gateway may say about client certificates, whoever the peer is; to be
   * done before routing, and to trailers too, because some applications join them with the headers.
   * Whether there was anything.
   */
  boolean stripForgedIdentity(@Nullable HeaderBlock fields) {
    return identity != null && fields != null && identity.strip(fields);
  }

  /**
   * Takes away what an untrusted peer says about who it forwards for; before routing, so that no
   * predicate or filter believes it either. Whether there was anything.
   */
  boolean stripUntrusted(HeaderBlock headers) {
    if (trusted) {
      return false;
    }
    int before = headers.size();
    headers.remove(HeaderName.X_FORWARDED_FOR);
    headers.remove(HeaderName.X_FORWARDED_PROTO);
    headers.remove(HeaderName.X_FORWARDED_HOST);
    headers.remove(HeaderName.X_FORWARDED_PORT);
    headers.remove(HeaderName.X_FORWARDED_PREFIX);
    headers.remove(HeaderName.FORWARDED);
    if (takesUnderscores) {
      // The same variable to an application behind CGI or WSGI.
      UNDERSCORED.forEach(headers::remove);
    }
    return headers.size() < before;
  }

  private void prepare(Forwarding which, RequestHead head) {
    String authority = head.authority();
    String scheme = head.scheme();
    prepared.clear();
    if (which.xFor()) {
      prepared.add(HeaderName.X_FORWARDED_FOR, ip);
    }
    if (which.xProto()) {
      prepared.add(HeaderName.X_FORWARDED_PROTO, scheme);
    }
    if (which.xHost() && !authority.isEmpty()) {
      prepared.add(HeaderName.X_FORWARDED_HOST, authority);
    }
    if (which.xPort()) {
      prepared.add(HeaderName.X_FORWARDED_PORT, port(authority, scheme));
    }
    if (which.forwarded()) {
      prepared.add(HeaderName.FORWARDED, forwarded(authority, scheme));
    }
    prepared.add(HeaderName.VIA, via(head));
    preparedFor = authority;
  }

  private void appendTo(HeaderBlock headers, Forwarding which, RequestHead head) {
    String authority = head.authority();
    put(headers, HeaderName.X_FORWARDED_FOR, which.xFor(), which.xForAppend(), ip);
    put(headers, HeaderName.X_FORWARDED_PROTO, which.xProto(), which.xProtoAppend(), head.scheme());
    put(headers, HeaderName.X_FORWARDED_HOST, which.xHost(), which.xHostAppend(), authority);
    put(
        headers,
        HeaderName.X_FORWARDED_PORT,
        which.xPort(),
        which.xPortAppend(),
        port(authority, head.scheme()));
    if (which.forwarded()) {
      put(headers, HeaderName.FORWARDED, true, true, forwarded(authority, head.scheme()));
    }
  }

  private static void put(
      HeaderBlock headers, HeaderName name, boolean write, boolean append, String value) {
    if (!write || value.isEmpty()) {
      return;
    }
    if (append && headers.contains(name)) {
      headers.set(name, String.join(",", headers.all(name.text())) + "," + value);
    } else {
      headers.set(name, value);
    }
  }

  /** What a filter took off the front of the path, as Spring Cloud Gateway tells it. */
  private void writePrefix(HeaderBlock headers, Forwarding which, String before, String now) {
    if (before.endsWith(now) && before.length() > now.length()) {
      String prefix = before.substring(0, before.length() - now.length());
      put(headers, HeaderName.X_FORWARDED_PREFIX, true, which.xPrefixAppend() && trusted, prefix);
    }
  }

  private static String port(String authority, String scheme) {
    int colon = authority.lastIndexOf(':');
    if (colon > authority.indexOf(']')) {
      return authority.substring(colon + 1);
    }
    return scheme.equals("https") ? "443" : "80";
  }

  private String forwarded(String authority, String scheme) {
    String node = ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip;
    String host = authority.isEmpty() ? "" : "host=\"" + authority + "\";";
    return "proto=" + scheme + ";" + host + "for=\"" + node + ":" + address.getPort() + "\"";
  }

  private static String via(RequestHead head) {
    return head.version() == HttpVersion.HTTP_2 ? VIA_HTTP_2 : VIA;
  }
}
