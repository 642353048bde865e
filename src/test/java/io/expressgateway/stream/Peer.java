package io.expressgateway.stream;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An endpoint whose connections the test gets in its hands. */
final class Peer implements AutoCloseable {

  /** Bound until the process ends. */
  private static final Queue<Socket> REFUSING = new ConcurrentLinkedQueue<>();

  private final ServerSocket server;
  private final BlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();

  Peer() throws IOException {
    this(0);
  }

  Peer(int port) throws IOException {
    server = new ServerSocket(port, 128, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("peer").start(this::accept);
  }

  /** A port that refuses connections: nobody listens on it, and nobody else gets it. */
  static int refusing() throws IOException {
    Socket bound = new Socket();
    bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    REFUSING.add(bound);
    return bound.getLocalPort();
  }

  private void accept() {
    try {
      while (!server.isClosed()) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(15_000);
        accepted.add(socket);
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  int port() {
    return server.getLocalPort();
  }

  /** The next connection. */
  Socket next() throws InterruptedException {
    Socket socket = accepted.poll(15, TimeUnit.SECONDS);
    if (socket == null) {
      throw new AssertionError("nobody connected");
    }
    return socket;
  }

  boolean hasNext() {
    return !accepted.isEmpty();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : accepted) {
      socket.close();
    }
  }
}
