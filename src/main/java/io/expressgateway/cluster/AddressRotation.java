package io.expressgateway.cluster;

import io.expressgateway.net.HostPort;
import io.expressgateway.net.IpLiteral;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The socket addresses behind one configured endpoint, handed out in turn. A literal is known from
 * the start and never looked up. Any thread, lock-free.
 */
final class AddressRotation {

  private static final InetSocketAddress[] UNRESOLVED = {};

  private final AtomicInteger turn = new AtomicInteger();
  private volatile InetSocketAddress[] addresses;

  AddressRotation(HostPort configured) {
    byte @Nullable [] literal = IpLiteral.parse(configured.host());
    this.addresses =
        literal == null
            ? UNRESOLVED
            : new InetSocketAddress[] {
              new InetSocketAddress(IpLiteral.address(literal), configured.port())
            };
  }

  /** Replaces the set; an empty answer keeps the last good one. Whether it is another set now. */
  boolean resolved(InetSocketAddress[] answer) {
    InetSocketAddress[] before = addresses;
    if (answer.length == 0) {
      return false;
    }
    addresses = answer.clone();
    return !Set.copyOf(List.of(before)).equals(Set.copyOf(List.of(answer)));
  }

  List<InetSocketAddress> all() {
    return List.of(addresses);
  }

  @Nullable InetSocketAddress next() {
    InetSocketAddress[] now = addresses;
    if (now.length < 2) {
      return now.length == 0 ? null : now[0];
    }
    return now[Integer.remainderUnsigned(turn.getAndIncrement(), now.length)];
  }
}
