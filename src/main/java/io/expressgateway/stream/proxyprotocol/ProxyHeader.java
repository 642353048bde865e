package io.expressgateway.stream.proxyprotocol;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy says of a connection or a datagram that it passes on. An IPv4-mapped IPv6 address
 * stands as the IPv4 address that it means.
 *
 * @param command whether somebody stands behind the proxy
 * @param transport how the client speaks to the proxy
 * @param source the client's address; null when it has none that is told, and then the connection's
 *     own counts
 * @param destination where the client connected to; null together with {@code source}
 * @param extensions in the order of the header, without padding and checksum
 */
public record ProxyHeader(
    Command command,
    Transport transport,
    @Nullable InetSocketAddress source,
    @Nullable InetSocketAddress destination,
    List<Tlv> extensions) {

  /** The proxy speaks for itself, as in a health check. */
  public static final ProxyHeader LOCAL =
      new ProxyHeader(Command.LOCAL, Transport.UNSPECIFIED, null, null, List.of());

  /** Copies the list. */
  public ProxyHeader {
    if ((source == null) != (destination == null)) {
      throw new IllegalArgumentException("one address without the other");
    }
    extensions = List.copyOf(extensions);
  }

  /** A client's TCP connection. */
  public static ProxyHeader stream(InetSocketAddress source, InetSocketAddress destination) {
    return new ProxyHeader(Command.PROXY, Transport.STREAM, source, destination, List.of());
  }

  /** A client's UDP datagram. */
  public static ProxyHeader datagram(InetSocketAddress source, InetSocketAddress destination) {
    return new ProxyHeader(Command.PROXY, Transport.DATAGRAM, source, destination, List.of());
  }

  /** For whom the proxy speaks. */
  public enum Command {
    /** For itself: the connection's own addresses are the true ones. */
    LOCAL,
    /** For a client. */
    PROXY
  }

  /** How the client speaks to the proxy. */
  public enum Transport {
    /** Not said. */
    UNSPECIFIED,
    /** TCP, or a UNIX stream socket. */
    STREAM,
    /** UDP, or a UNIX datagram socket. */
    DATAGRAM
  }
}
