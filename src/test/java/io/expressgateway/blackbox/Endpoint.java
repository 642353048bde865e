package io.expressgateway.blackbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/**
 * A small HTTP endpoint on loopback that answers with its name and the target it was asked for, and
 * remembers the requests. {@code /hold...} is answered only after {@link #letGo}.
 */
final class Endpoint implements AutoCloseable {

  /** A request as the endpoint saw it. */
  record Seen(String method, String target, com.sun.net.httpserver.Headers headers, byte[] body) {

    String header(String name) {
      return headers.getFirst(name);
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  private final String name;
  private final HttpServer server;
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final CountDownLatch held = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  private Endpoint(String name, int port) {
    this.name = name;
    try {
      server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  /** An endpoint on a free port. */
  static Endpoint start(String name) {
    return new Endpoint(name, 0);
  }

  /** An endpoint on this port. */
  static Endpoint start(String name, int port) {
    return new Endpoint(name, port);
  }

  /** {@code 127.0.0.1:PORT}. */
  String address() {
    return "127.0.0.1:" + port();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** The requests so far. */
  List<Seen> seen() {
    return seen;
  }

  /** The newest request. */
  Seen last() {
    return seen.getLast();
  }

  /** Completed when a request for {@code /hold} has arrived. */
  CountDownLatch held() {
    return held;
  }

  /** Answers what is held. */
  void letGo() {
    goOn.countDown();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String target = exchange.getRequestURI().toString();
      byte[] body = exchange.getRequestBody().readAllBytes();
      seen.add(new Seen(exchange.getRequestMethod(), target, exchange.getRequestHeaders(), body));
      if (target.startsWith("/hold")) {
        held.countDown();
        goOn.await();
      }
      byte[] answer = (name + " " + target).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, answer.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(answer);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    letGo();
    server.stop(0);
  }
}
