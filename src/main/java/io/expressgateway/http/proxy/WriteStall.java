package io.expressgateway.http.proxy;

import io.expressgateway.snapshot.ListenerSpec.HttpLimits;

/**
 * A wait for a client that has something to take. It goes on for as long as the client takes enough
 * in every period of {@code http.write-stall-timeout}: what {@code http.min-body-rate} comes to in
 * that time, and at least a byte. So a window that opens byte by byte is a stall and no progress;
 * freenginx's {@code send_min_rate} has the same rule, nginx and HAProxy go on at any byte.
 *
 * <p>What was taken is a count of the caller's that only has to grow by what the client takes.
 * Confined to the connection's event loop.
 */
public final class WriteStall {

  private static final double NANOS_PER_SECOND = 1e9;

  private final HttpLimits limits;
  private boolean isRunning;
  private long sinceNanos;
  private long takenBefore;

  /** No wait yet, with the times and the pace of {@code limits}. */
  public WriteStall(HttpLimits limits) {
    this.limits = limits;
  }

  /** The client has to take something from now on; a wait that is running already goes on. */
  public void begin(long nowNanos, long takenBytes) {
    if (!isRunning) {
      again(nowNanos, takenBytes);
    }
  }

  /** A new period begins, whatever came before. */
  public void again(long nowNanos, long takenBytes) {
    isRunning = true;
    sinceNanos = nowNanos;
    takenBefore = takenBytes;
  }

  /** Nothing waits for the client any more. */
  public void end() {
    isRunning = false;
  }

  /** Whether something waits for the client. */
  public boolean isRunning() {
    return isRunning;
  }

  /** The end of the period, in {@link System#nanoTime}'s time. */
  public long deadline() {
    return sinceNanos + limits.writeStallTimeout().toNanos();
  }

  /**
   * Whether less than enough was taken since the period began.
   *
   * @param isPatient whether any byte is enough, as it is for gRPC calls
   */
  public boolean isTooSlow(long takenBytes, boolean isPatient) {
    return isTooFew(takenBytes - takenBefore, isPatient);
  }

  /** Whether so many bytes are less than enough for one period. */
  public boolean isTooFew(long bytes, boolean isPatient) {
    double seconds = limits.writeStallTimeout().toNanos() / NANOS_PER_SECOND;
    long floor = isPatient ? 0 : (long) (limits.minBodyRate() * seconds);
    return bytes < Math.max(1, floor);
  }
}
