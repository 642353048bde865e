package io.expressgateway.app;

import io.expressgateway.xdp.XdpListener;
import io.expressgateway.xdp.kernel.AttachMode;
import io.expressgateway.xdp.layout.EventRecord;
import io.expressgateway.xdp.layout.Reason;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log what the packet path does. Sampled packets get at most so many lines a second;
 * what is left out is counted in the next line.
 */
final class XdpLog implements XdpListener {

  private static final Logger LOG = LoggerFactory.getLogger(XdpLog.class);
  private static final Logger PACKETS = LoggerFactory.getLogger("io.expressgateway.xdp.packets");
  private static final int LINES_PER_SECOND = 20;
  private static final long SECOND_NANOS = 1_000_000_000L;

  // Events come on one thread; the count of failures on another.
  private long secondNanos = System.nanoTime();
  private int lines;
  private long leftOut;
  private final AtomicLong failureNanos = new AtomicLong(System.nanoTime() - SECOND_NANOS);

  @Override
  public void onAttached(String interfaceName, AttachMode mode, String reason) {
    if (reason.isEmpty()) {
      LOG.info("packets of {} are forwarded in the kernel, mode {}", interfaceName, mode.text());
    } else {
      LOG.warn(
          "packets of {} are forwarded in the kernel, mode {} because {}",
          interfaceName,
          mode.text(),
          reason);
    }
  }

  @Override
  public void onOff(String reason) {
    LOG.warn("no packet is forwarded in the kernel, relays serve: {}", reason);
  }

  @Override
  public void onVipPassed(String vip, String reason) {
    LOG.warn("packets of listener {} are passed to its relay: {}", vip, reason);
  }

  @Override
  public void onGate(boolean closed) {
    if (closed) {
      LOG.warn("a flow table is nearly full: new flows are forwarded without an entry");
    } else {
      LOG.info("the flow tables have room again");
    }
  }

  @Override
  public void onEvent(EventRecord event) {
    long now = System.nanoTime();
    if (now - secondNanos >= SECOND_NANOS) {
      secondNanos = now;
      lines = 0;
    }
    if (lines >= LINES_PER_SECOND) {
      leftOut++;
      return;
    }
    lines++;
    Reason reason = Reason.of(event.reason());
    PACKETS.info(
        "{} {}:{} -> {}:{} protocol {} bytes {} left out {}",
        reason == null ? event.reason() : reason.text(),
        event.source().getHostAddress(),
        event.sourcePort(),
        event.destination().getHostAddress(),
        event.destinationPort(),
        event.protocol(),
        event.bytes(),
        leftOut);
    leftOut = 0;
  }

  @Override
  public void onFailure(String what, Throwable failure) {
    long now = System.nanoTime();
    long last = failureNanos.get();
    if (now - last >= SECOND_NANOS && failureNanos.compareAndSet(last, now)) {
      LOG.warn("{}", what, failure);
    }
  }
}
