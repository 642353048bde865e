package io.expressgateway.xdp.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A socket of the kernel's routing tables (rtnetlink(7)). Carries whole datagrams; confined to one
 * thread, except that another may {@link #close} it after that thread has ended.
 */
public final class NetlinkSocket implements AutoCloseable {

  /** Dumps come in parts of at most this (the kernel's NLMSG_GOODSIZE is smaller). */
  private static final int ROOM = 64 * 1024;

  private final byte[] room = new byte[ROOM];
  private final int fd;

  /**
   * Opens one.
   *
   * @param groups {@code RTMGRP_} bits of the events that are wanted; 0 for answers only
   */
  public NetlinkSocket(int groups) {
    this.fd = KernelException.check("open a routing socket", LibBpf.openNetlink(groups));
  }

  /** Sends one message. */
  public void send(byte[] message) {
    KernelException.check("send to the routing socket", LibBpf.sendNetlink(fd, message));
  }

  /**
   * The next datagram; null when none came in time.
   *
   * @throws KernelException ENOBUFS when events were lost
   */
  public byte @Nullable [] receive(int waitMillis) {
    int length =
        KernelException.check(
            "read the routing socket", LibBpf.receiveNetlink(fd, room, waitMillis));
    return length == 0 ? null : Arrays.copyOf(room, length);
  }

  @Override
  public void close() {
    LibBpf.closeFd(fd);
  }
}
