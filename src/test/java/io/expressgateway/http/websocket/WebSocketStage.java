package io.expressgateway.http.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.snapshot.WebSocketLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Where an attack is played: an endpoint, the gateway before it, and a well-behaved neighbour whose
 * WebSocket was open first and must keep its service.
 */
final class WebSocketStage implements AutoCloseable {

  private static final String NEIGHBOUR = "/neighbour";

  final Cell cell;
  final WebSocketEndpoint endpoint;
  final Gateway gateway;
  private final Peer neighbour;
  private final List<Peer> clients = new ArrayList<>();
  private int messages;

  private WebSocketStage(
      Cell cell, WebSocketEndpoint.Script script, UnaryOperator<Gateway.Builder> change)
      throws Exception {
    this.cell = cell;
    endpoint =
        cell.endpoint(
            call -> (call.path.equals(NEIGHBOUR) ? WebSocketEndpoint.ECHO : script).on(call));
    gateway = change.apply(cell.gateway(endpoint, limits -> limits)).start();
    neighbour = cell.connect(gateway, NEIGHBOUR);
    neighbourIsServed();
  }

  static WebSocketStage open(Cell cell, WebSocketEndpoint.Script script) throws Exception {
    return new WebSocketStage(cell, script, builder -> builder);
  }

  static WebSocketStage open(
      Cell cell, UnaryOperator<WebSocketLimits> limits, WebSocketEndpoint.Script script)
      throws Exception {
    return new WebSocketStage(
        cell, script, builder -> builder.limits(http -> http.with(limits.apply(http.webSocket()))));
  }

  static WebSocketStage with(
      Cell cell, UnaryOperator<Gateway.Builder> change, WebSocketEndpoint.Script script)
      throws Exception {
    return new WebSocketStage(cell, script, change);
  }

  /** A WebSocket that is open. */
  Peer connect(String... fields) throws Exception {
    Peer client = cell.connect(gateway, "/chat", fields);
    clients.add(client);
    assertThat(client.status).isEqualTo(cell.opened());
    return client;
  }

  void neighbourIsServed() throws IOException {
    String message = "message " + messages++;
    neighbour.send(Frames.masked(message));
    assertThat(neighbour.read().text()).isEqualTo(message);
  }

  /** The rule's counter has fired once, nothing was contained, and all but the neighbour ended. */
  void assertEnded(String rule, String why) throws Exception {
    Await.until(why, () -> gateway.metrics.failures.contains(why));
    if (!rule.isEmpty()) {
      assertThat(gateway.metrics.security).containsOnlyOnce(rule + ":close");
    }
    Await.until("only the neighbour is left", () -> running() == 1);
    neighbourIsServed();
    assertThat(gateway.metrics.contained).isEmpty();
    Await.until("its end is told", () -> !gateway.metrics.ends.isEmpty());
    assertThat(gateway.metrics.ends).containsExactly(cell.opened() + " /chat " + why);
  }

  long running() {
    var ledger = gateway.engine().ledger();
    return ledger.accepted() - ledger.completed() - ledger.refused() - ledger.aborted();
  }

  @Override
  public void close() throws IOException {
    neighbour.close();
    for (Peer client : clients) {
      client.close();
    }
    gateway.close();
    endpoint.close();
  }
}
