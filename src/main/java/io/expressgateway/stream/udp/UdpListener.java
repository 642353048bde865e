package io.expressgateway.stream.udp;

import io.expressgateway.limit.ConnectionCaps;
import io.expressgateway.loop.DatagramSockets;
import io.expressgateway.loop.EventLoops;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.net.HostPort;
import io.expressgateway.net.Ticker;
import io.expressgateway.plane.DataPlane.BindFailure;
import io.expressgateway.plane.DataPlane.BoundListener;
import io.expressgateway.plane.LoopLedger;
import io.expressgateway.snapshot.ListenerSpec.Protocol;
import io.expressgateway.stream.StreamMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntFunction;

/**
 * One listener of protocol {@code udp}. A session is one client address at one address of the
 * listener; it lives on the loop whose socket the kernel chose for it, with a connected socket of
 * its own towards the endpoint, so that answers, and ICMP's word that nobody listens there, find
 * it. Sessions of all loops together are bounded, in all and per client address.
 *
 * <p>Lifecycle methods are called by one thread at a time, and not on an event loop.
 */
public final class UdpListener {

  private final String name;
  private final EventLoops loops;
  private final ConnectionCaps caps;
  private final List<UdpLoop> sides = new ArrayList<>();
  private final DatagramSockets sockets;

  private UdpListener(
      String name, HostPort bind, EventLoops loops, Shared shared, UdpSettings settings) {
    this.name = name;
    this.loops = loops;
    this.caps =
        new ConnectionCaps(settings.limits().maxSessions(), settings.limits().maxSessionsPerIp());
    UpstreamSockets upstreams = new UpstreamSockets(loops.transport());
    for (int i = 0; i < loops.size(); i++) {
      UdpLoop.Fixed fixed =
          new UdpLoop.Fixed(
              name,
              i,
              loops.loop(i),
              shared.timers().apply(i),
              shared.ledgers().apply(i),
              shared.ticker(),
              shared.metrics());
      sides.add(new UdpLoop(fixed, caps, upstreams, settings));
    }
    try {
      sockets =
          DatagramSockets.bind(
              name, bind, loops, (channel, loop) -> sides.get(loop).adopt(channel));
    } catch (BindFailure e) {
      loops.onEach(loop -> sides.get(loop).close());
      throw e;
    }
  }

  /**
   * What a listener shares with others on the same loops.
   *
   * @param timers of each loop, advanced by whoever owns them
   * @param ledgers of each loop
   * @param ticker the clock that the timers go by
   */
  public record Shared(
      IntFunction<TimerWheel> timers,
      IntFunction<LoopLedger> ledgers,
      Ticker ticker,
      StreamMetrics metrics) {}

  /**
   * Binds a socket per loop and begins to serve.
   *
   * @throws BindFailure when the address cannot be bound or somebody else has it
   */
  public static UdpListener bind(
      String name, HostPort bind, EventLoops loops, Shared shared, UdpSettings settings) {
    return new UdpListener(name, bind, loops, shared, settings);
  }

  /** The name in the configuration. */
  public String name() {
    return name;
  }

  /** The listener as it shows in the admin API; its sessions are its connections. Any thread. */
  public BoundListener bound() {
    return new BoundListener(name, Protocol.UDP.text(), sockets.address(), caps.open());
  }

  /** Sessions that live now. Any thread. */
  public int sessionCount() {
    return caps.open();
  }

  /**
   * Serves new datagrams by these settings. Sessions whose endpoint is no longer in the cluster go
   * to another one at their client's next datagram.
   */
  public void publish(UdpSettings settings) {
    caps.limits(settings.limits().maxSessions(), settings.limits().maxSessionsPerIp());
    loops.onEach(loop -> sides.get(loop).settings(settings));
  }

  /** The sessions that live, as each loop says in its turn; waits at most a second. */
  public List<LiveSession> sessions() {
    Queue<LiveSession> found = new ConcurrentLinkedQueue<>();
    loops.onEach(loop -> sides.get(loop).list(found::add));
    return List.copyOf(found);
  }

  /** Begins no session any more; those that live go on. */
  public void drain() {
    loops.onEach(loop -> sides.get(loop).drain());
  }

  /** Ends all sessions and closes the sockets. */
  public void close() {
    sockets.unbind();
    loops.onEach(loop -> sides.get(loop).close());
  }
}
