package io.expressgateway.limit;

import io.expressgateway.net.IpLiteral;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections a listener holds, in all and from one address. An IPv4-mapped IPv6 address
 * counts as the IPv4 address that it stands for. Any thread; memory is bounded by the total.
 */
public final class ConnectionCaps {

  /** Whether a connection may stay. */
  public enum Admission {
    /** Counted; release it when it closes. */
    ADMITTED,
    /** The listener is full; nothing to release. */
    LISTENER_FULL,
    /** The address has all that it may have; nothing to release. */
    ADDRESS_FULL
  }

  private final AtomicInteger open = new AtomicInteger();
  private final Map<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();
  private volatile int maxTotal;
  private volatile int maxPerAddress;

  /** Nothing open. */
  public ConnectionCaps(int maxTotal, int maxPerAddress) {
    this.maxTotal = maxTotal;
    this.maxPerAddress = maxPerAddress;
  }

  /** Changes the limits for connections to come; those that are open stay. */
  public void limits(int maxTotal, int maxPerAddress) {
    this.maxTotal = maxTotal;
    this.maxPerAddress = maxPerAddress;
  }

  /** Connections open now. */
  public int open() {
    return open.get();
  }

  /** Connections open now from this address. */
  public int open(InetAddress address) {
    return byAddress.getOrDefault(canonical(address), 0);
  }

  /** Counts a connection in if both limits leave room. */
  public Admission acquire(InetAddress address) {
    Admission admission = acquireUnnamed();
    return admission == Admission.ADMITTED ? name(address) : admission;
  }

  /**
   * Counts a connection in whose client is not known yet, if the listener is not full. To be
   * followed by {@link #name} or {@link #releaseUnnamed}.
   */
  public Admission acquireUnnamed() {
    if (open.incrementAndGet() > maxTotal) {
      open.decrementAndGet();
      return Admission.LISTENER_FULL;
    }
    return Admission.ADMITTED;
  }

  /** Counts a connection out whose client never became known. */
  public void releaseUnnamed() {
    open.decrementAndGet();
  }

  /** Says whose a counted connection is, if that address may have another; else counts it out. */
  public Admission name(InetAddress address) {
    int limit = maxPerAddress;
    boolean[] admitted = new boolean[1];
    byAddress.compute(
        canonical(address),
        (key, count) -> {
          int now = count == null ? 0 : count;
          admitted[0] = now < limit;
          return admitted[0] ? Integer.valueOf(now + 1) : count;
        });
    if (!admitted[0]) {
      open.decrementAndGet();
      return Admission.ADDRESS_FULL;
    }
    return Admission.ADMITTED;
  }

  /** Counts a connection in whatever the limits say; release it when it closes. */
  public void acquireBeyond(InetAddress address) {
    open.incrementAndGet();
    byAddress.merge(canonical(address), 1, Integer::sum);
  }

  /**
   * Counts an admitted connection out.
   *
   * @throws IllegalStateException when none from this address is open
   */
  public void release(InetAddress address) {
    InetAddress key = canonical(address);
    byAddress.compute(
        key,
        (k, count) -> {
          if (count == null) {
            throw new IllegalStateException(
                "no connection from " + k.getHostAddress() + " is open");
          }
          return count == 1 ? null : count - 1;
        });
    open.decrementAndGet();
  }

  private static InetAddress canonical(InetAddress address) {
    byte[] bytes = address.getAddress();
    return IpLiteral.isMappedIpv4(bytes)
        ? IpLiteral.address(Arrays.copyOfRange(bytes, 12, 16))
        : address;
  }
}
