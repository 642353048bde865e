package io.expressgateway.loop;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.net.IpLiteral;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DefaultDnsCache;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;

/**
 * Keeps the addresses of named endpoints current. A name is asked for again as soon as its answer's
 * TTL has passed: the resolver's cache lives exactly that long (at most 300 s, failures 5 s), so
 * asking once a second costs a query only when the TTL is over. A failed or empty answer keeps the
 * last good set.
 */
public final class NameResolution implements AutoCloseable {

  private static final int MAX_TTL_SECONDS = 300;
  private static final int NEGATIVE_TTL_SECONDS = 5;

  private final DnsNameResolver resolver;

  /** A resolver whose I/O runs on {@code loop}. */
  public NameResolution(EventLoop loop, Class<? extends DatagramChannel> channelType) {
    this.resolver = builder(channelType).eventLoop(loop).build();
  }

  private static DnsNameResolverBuilder builder(Class<? extends DatagramChannel> channelType) {
    return new DnsNameResolverBuilder()
        .datagramChannelType(channelType)
        .resolveCache(new DefaultDnsCache(0, MAX_TTL_SECONDS, NEGATIVE_TTL_SECONDS));
  }

  /** Resolvers for connections to names that {@link #refresh} has not had an answer for yet. */
  public static AddressResolverGroup<InetSocketAddress> resolvers(
      Class<? extends DatagramChannel> channelType) {
    return new DnsAddressResolverGroup(builder(channelType));
  }

  /** Asks for every named endpoint; answers arrive later. Any thread. */
  public void refresh(Collection<Cluster> clusters) {
    for (Cluster cluster : clusters) {
      for (Endpoint endpoint : cluster.endpoints()) {
        if (IpLiteral.parse(endpoint.address().host()) == null) {
          resolve(endpoint);
        }
      }
    }
  }

  private void resolve(Endpoint endpoint) {
    Future<List<InetAddress>> asked = resolver.resolveAll(endpoint.address().host());
    asked.addListener(done -> {
      if (done.isSuccess()) {
        InetSocketAddress[] addresses =
            asked.getNow().stream()
                .map(ip -> new InetSocketAddress(ip, endpoint.address().port()))
                .toArray(InetSocketAddress[]::new);
        if (addresses.length > 0) {
          endpoint.resolved(addresses);
        }
      }
    });
  }

  @Override
  public void close() {
    resolver.close();
  }
}
