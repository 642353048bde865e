package io.expressgateway.http.upstream;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.ClusterSpec.HealthCheck;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.tls.ClientTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Active health checks: per endpoint, on a connection of its own, {@code tcp} (accepted is
 * healthy), {@code http} (the status is in the expected range) or {@code grpc} (the health service
 * says SERVING), in the cluster's protocol. The first check of an endpoint starts at once, the
 * others spread over the interval so that they do not beat in time. Confined to one event loop.
 */
public final class HealthProber {

  private final EventLoop loop;
  private final Bootstrap bootstrap;
  private final IdentityHashMap<Endpoint, Probe> probes = new IdentityHashMap<>();

  /** A prober whose checks run on {@code loop}. */
  public HealthProber(EventLoop loop, Bootstrap bootstrap) {
    this.loop = loop;
    this.bootstrap = bootstrap;
  }

  /** Checks the endpoints of these clusters from now on, and no others. On the loop. */
  public void watch(Collection<Cluster> clusters) {
    IdentityHashMap<Endpoint, Probe> wanted = new IdentityHashMap<>();
    for (Cluster cluster : clusters) {
      HealthCheck check = cluster.spec().healthCheck();
      if (check == null) {
        continue;
      }
      ClusterSpec.Tls tls = cluster.spec().tls();
      ClusterSpec.Protocol protocol = spoken(cluster.spec().protocol(), check);
      ClientTls secured = tls == null ? null : ClientTls.of(tls, protocol);
      for (Endpoint endpoint : cluster.endpoints()) {
        Probe running = probes.remove(endpoint);
        if (running != null
            && running.check.equals(check)
            && running.protocol == protocol
            && running.isSecuredBy(tls)) {
          wanted.put(endpoint, running);
        } else {
          if (running != null) {
            running.stop();
          }
          Probe probe = new Probe(endpoint, check, secured, protocol);
          wanted.put(endpoint, probe);
          probe.start(wanted.size());
        }
      }
    }
    stop();
    probes.putAll(wanted);
  }

  /** What a check speaks: with endpoints of relays, what the check's own type needs. */
  private static ClusterSpec.Protocol spoken(ClusterSpec.Protocol protocol, HealthCheck check) {
    return switch (protocol) {
      case HTTP1, HTTP2 -> protocol;
      case TCP, UDP ->
          check.type().equals("grpc") ? ClusterSpec.Protocol.HTTP2 : ClusterSpec.Protocol.HTTP1;
    };
  }

  /** Ends all checks. On the loop. */
  public void stop() {
    for (Iterator<Probe> all = probes.values().iterator(); all.hasNext(); ) {
      all.next().stop();
      all.remove();
    }
  }

  /** The checks of one endpoint. */
  private final class Probe {
    private final Endpoint endpoint;
    private final HealthCheck check;
    private final @Nullable ClientTls tls;
    private final ClusterSpec.Protocol protocol;
    private @Nullable ScheduledFuture<?> schedule;
    private @Nullable Channel channel;
    private boolean running;
    private boolean stopped;

    Probe(
        Endpoint endpoint,
        HealthCheck check,
        @Nullable ClientTls tls,
        ClusterSpec.Protocol protocol) {
      this.endpoint = endpoint;
      this.check = check;
      this.tls = tls;
      this.protocol = protocol;
    }

    boolean isSecuredBy(ClusterSpec.@Nullable Tls wanted) {
      return tls == null ? wanted == null : (wanted != null && tls.isOf(wanted, protocol));
    }

    void start(int place) {
      check();
      long interval = check.interval().toMillis();
      // A golden-ratio spread: any number of endpoints is spaced out evenly.
      long first = (long) (interval * (place * 0.618033988749895 % 1.0));
      schedule =
          loop.scheduleAtFixedRate(
              this::check, Math.max(first, interval / 2), interval, TimeUnit.MILLISECONDS);
    }

    void stop() {
      stopped = true;
      if (schedule != null) {
        schedule.cancel(false);
      }
      if (channel != null) {
        cut(channel);
      }
    }

    /**
     * Closes past the handlers: HTTP/2 would say goodbye first, which waits for a handshake that
     * may never end, and with it the bytes that wait there.
     */
    private static void cut(Channel used) {
      ChannelHandlerContext first = used.pipeline().firstContext();
      if (first == null) {
        used.close();
      } else {
        first.close();
      }
    }

    private void check() {
      InetSocketAddress address = endpoint.nextAddress();
      if (running || stopped) {
        return;
      }
      if (address == null) {
        endpoint.checked(false);
        return;
      }
      Integer port = check.port();
      if (port != null) {
        address = new InetSocketAddress(address.getAddress(), port);
      }
      running = true;
      int timeout = Math.clamp(check.timeout().toMillis(), 1, Integer.MAX_VALUE);
      HealthAttempt attempt = attempt();
      bootstrap
          .clone(loop)
          .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeout)
          .handler(
              new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel made) {
                  channel = made;
                  // A tcp check asks whether somebody accepts, not who.
                  if (tls != null && !check.type().equals("tcp")) {
                    made.pipeline()
                        .addLast(tls.newHandler(made.alloc(), endpoint.address(), check.timeout()));
                  }
                  if (attempt instanceof Http2Attempt) {
                    made.pipeline().addLast(Http2Attempt.codec());
                  }
                  made.pipeline().addLast(attempt);
                }
              })
          .connect(address)
          .addListener(done -> {
            if (!done.isSuccess()) {
              attempt.end(false);
            }
          });
      attempt.limit(loop, timeout);
    }

    private HealthAttempt attempt() {
      if (check.type().equals("tcp")) {
        return new TcpAttempt(this::ended);
      }
      return protocol == ClusterSpec.Protocol.HTTP2
          ? new Http2Attempt(check, tls == null ? "http" : "https", endpoint.label(), this::ended)
          : new Http1Attempt(check, endpoint.label(), this::ended);
    }

    void ended(boolean success) {
      running = false;
      Channel used = channel;
      channel = null;
      if (used != null && success) {
        used.close();
      } else if (used != null) {
        cut(used);
      }
      if (!stopped) {
        endpoint.checked(success);
      }
    }
  }
}
