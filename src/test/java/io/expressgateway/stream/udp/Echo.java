package io.expressgateway.stream.udp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An endpoint that sends every datagram back to where it came from. */
public final class Echo implements AutoCloseable {

  private static final int MAX_BYTES = 65_535;

  private final DatagramSocket socket;
  private final String label;
  private final Thread thread;
  private final AtomicInteger received = new AtomicInteger();
  private final Set<SocketAddress> peers = ConcurrentHashMap.newKeySet();
  private volatile byte[] last = {};

  private Echo(DatagramSocket socket) {
    this.socket = socket;
    String ip = socket.getLocalAddress().getHostAddress();
    this.label = (ip.indexOf(':') < 0 ? ip : "[" + ip + "]") + ":" + socket.getLocalPort();
    this.thread =
        Thread.ofPlatform().daemon().name("echo-" + socket.getLocalPort()).start(this::run);
  }

  public static Echo on(String ip) {
    try {
      DatagramSocket socket =
          new DatagramSocket(new InetSocketAddress(InetAddress.getByName(ip), 0));
      socket.setReceiveBufferSize(4 << 20);
      return new Echo(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Echo start() {
    return on("127.0.0.1");
  }

  private void run() {
    byte[] buffer = new byte[MAX_BYTES];
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        last = Arrays.copyOf(packet.getData(), packet.getLength());
        peers.add(packet.getSocketAddress());
        received.incrementAndGet();
        socket.send(packet);
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  /** As a cluster names it. */
  public String label() {
    return label;
  }

  public int received() {
    return received.get();
  }

  /** How many sockets it was written to from. */
  public int peers() {
    return peers.size();
  }

  /** The newest datagram. */
  public byte[] last() {
    return last.clone();
  }

  /** Listens no more: the kernel answers what comes with ICMP. */
  public void stop() {
    socket.close();
    // The JDK closes the descriptor when the thread has left its call; until then it receives.
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
