package io.expressgateway.blackbox;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Clients that keep a gateway busy until it accepts no more: each sends the next request as soon as
 * it has the response to the last, and obeys {@code Connection: close}.
 */
final class Load {

  private final InetSocketAddress address;
  private final List<Thread> clients = new ArrayList<>();
  private final AtomicInteger responses = new AtomicInteger();
  private final AtomicInteger closes = new AtomicInteger();
  private final AtomicInteger otherStatuses = new AtomicInteger();
  private final AtomicReference<String> broken = new AtomicReference<>();

  private Load(InetSocketAddress address) {
    this.address = address;
  }

  /** Starts so many clients. */
  static Load start(InetSocketAddress address, int clients) {
    Load load = new Load(address);
    for (int i = 0; i < clients; i++) {
      load.clients.add(Thread.ofVirtual().start(load::run));
    }
    return load;
  }

  private void run() {
    while (true) {
      RawConnection connection;
      try {
        connection = new RawConnection(address);
      } catch (IOException nobodyListens) {
        return;
      }
      try (connection) {
        RawConnection.Response response;
        do {
          response = request(connection);
        } while (response != null && !response.asksToClose());
      } catch (IOException e) {
        broken.compareAndSet(null, e.toString());
      }
    }
  }

  /** Null when the connection was closed before the first byte of a response. */
  private RawConnection.Response request(RawConnection connection) throws IOException {
    try {
      connection.sendGet("/load");
    } catch (IOException closedWhileIdle) {
      return null;
    }
    RawConnection.Response response = connection.read();
    if (response != null) {
      responses.incrementAndGet();
      if (response.asksToClose()) {
        closes.incrementAndGet();
      }
      if (response.status() != 200) {
        otherStatuses.incrementAndGet();
      }
    }
    return response;
  }

  /** Waits until no client can connect any more. */
  void awaitEnd() throws InterruptedException {
    for (Thread client : clients) {
      client.join();
    }
  }

  /** Complete responses. */
  int responses() {
    return responses.get();
  }

  /** Responses that asked the connection to close. */
  int closes() {
    return closes.get();
  }

  /** Responses other than 200. */
  int otherStatuses() {
    return otherStatuses.get();
  }

  /** The first response that broke off, or null. */
  String broken() {
    return broken.get();
  }
}
