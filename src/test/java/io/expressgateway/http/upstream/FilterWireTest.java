package io.expressgateway.http.upstream;

import static io.expressgateway.http.fault.FaultyEndpoint.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.filter.FilterExchange;
import io.expressgateway.filter.FilterRegistry;
import io.expressgateway.filter.HttpFilter;
import io.expressgateway.filter.LocalResponse;
import io.expressgateway.filter.RecordingBodyFilter;
import io.expressgateway.filter.RecordingBodyFilter.Hook;
import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.fault.FaultyEndpoint;
import io.expressgateway.http.fault.FaultyEndpoint.Script;
import io.expressgateway.http.fault.RawClient;
import io.expressgateway.http.fault.RawClient.Response;
import io.expressgateway.message.HeaderBlock;
import io.expressgateway.net.HostPort;
import io.expressgateway.plane.DataPlane;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Filters of every kind between real sockets: each hook suspends, answers, throws. */
class FilterWireTest {

  private static final List<String> SEEN = new CopyOnWriteArrayList<>();

  private static final Script CHUNKED_ECHO =
      connection -> {
        String head;
        while ((head = connection.readHead()) != null) {
          StringBuilder raw = new StringBuilder();
          if (head.contains("Transfer-Encoding: chunked")) {
            while (raw.indexOf("\r\n0\r\n") < 0 || !raw.toString().endsWith("\r\n\r\n")) {
              raw.append((char) connection.in.read());
            }
          }
          SEEN.add(head + raw);
          connection.send(
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx-end: yes\r\n\r\n");
        }
      };

  private static Gateway.Builder gateway(FaultyEndpoint endpoint, HttpFilter... filters) {
    FilterRegistry registry = new FilterRegistry();
    List<io.expressgateway.route.NamedArguments> names = new java.util.ArrayList<>();
    for (int i = 0; i < filters.length; i++) {
      registry = registry.with("Test" + i, filters[i]);
      names.add(Gateway.shortcut("Test" + i));
    }
    return Gateway.builder()
        .endpoints(endpoint.port())
        .filters(registry)
        .route("filtered", List.of(), names, Map.of());
  }

  private static void elsewhere(Runnable task) {
    Thread.ofPlatform().daemon().start(task);
  }

  static Stream<Set<Hook>> suspensions() {
    EnumSet<Hook> all = EnumSet.complementOf(EnumSet.of(Hook.END));
    return Stream.concat(Stream.of(Set.of(), all), all.stream().map(Set::of));
  }

  @ParameterizedTest
  @MethodSource("suspensions")
  void everyHookMaySuspend(Set<Hook> suspendAt) throws Exception {
    SEEN.clear();
    RecordingBodyFilter filter = new RecordingBodyFilter(FilterWireTest::elsewhere, suspendAt);
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(CHUNKED_ECHO);
        Gateway gateway = gateway(endpoint, filter).start();
        RawClient client = new RawClient(gateway.port())) {
      for (int i = 0; i < 2; i++) {
        Response got = client.post("POST", "/", "some body");
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.body()).isEqualTo("hello");
        assertThat(got.header("x-recorded")).isEqualTo("filtered");
      }
      Await.until("both ended", () -> gateway.engine().ledger().completed() == 2);
      assertThat(SEEN.getFirst()).contains("\r\nSOME BODY\r\n").contains("x-request-bytes: 9");
      assertThat(filter.events())
          .filteredOn(event -> event.startsWith("resumed"))
          .hasSize(2 * suspendAt.size());
      assertThat(filter.events().stream().filter(e -> !e.startsWith("resumed")).distinct())
          .containsExactly(Stream.of(Hook.values()).map(Enum::name).toArray(String[]::new));
      assertThat(filter.events()).filteredOn("END"::equals).hasSize(2);
      assertThat(filter.events()).filteredOn("REQUEST_HEAD"::equals).hasSize(2);
      assertThat(endpoint.connections).hasSize(1);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("suspensions")
  void everyHookMaySuspendABodilessExchange(Set<Hook> suspendAt) throws Exception {
    RecordingBodyFilter filter = new RecordingBodyFilter(FilterWireTest::elsewhere, suspendAt);
    Script empty =
        connection -> {
          while (connection.readRequest() != null) {
            connection.send("HTTP/1.1 204 No Content\r\n\r\n");
          }
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(empty);
        Gateway gateway = gateway(endpoint, filter).start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").status()).isEqualTo(204);
      assertThat(client.request("GET", "/").status()).isEqualTo(204);
      assertThat(endpoint.connections).hasSize(1);
    }
  }

  /** The endpoint is done and gone while a filter still holds the response. */
  @ParameterizedTest
  @EnumSource(
      value = Hook.class,
      names = {"RESPONSE_HEAD", "RESPONSE_DATA", "RESPONSE_TRAILERS"})
  void aResponseHeldBackOutlivesItsConnection(Hook hook) throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    RecordingBodyFilter filter =
        new RecordingBodyFilter(
            task ->
                elsewhere(() -> {
                  try {
                    gone.await();
                    Thread.yield();
                  } catch (InterruptedException e) {
                    return;
                  }
                  task.run();
                }),
            Set.of(hook));
    Script closing =
        connection -> {
          connection.readRequest();
          connection.send(ok("complete"));
          connection.socket.close();
          gone.countDown();
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(closing);
        Gateway gateway = gateway(endpoint, filter).start()) {
      for (int i = 0; i < 10; i++) {
        Response got = RawClient.get(gateway.port(), "/");
        assertThat(got.body()).isEqualTo("complete");
        assertThat(got.complete()).isTrue();
      }
      assertThat(gateway.metrics.failures).isEmpty();
    }
  }

  /** Surplus behind a complete response that a filter holds must not be taken for more of it. */
  @Test
  void surplusBehindAHeldResponseEndsTheConnectionOnly() throws Exception {
    RecordingBodyFilter filter =
        new RecordingBodyFilter(FilterWireTest::elsewhere, Set.of(Hook.RESPONSE_DATA));
    Script surplus =
        connection -> {
          connection.readRequest();
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n");
          // In one piece: surplus that arrives when the connection serves again is a response to
          // anybody.
          connection.send("completeHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        };
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(surplus);
        Gateway gateway = gateway(endpoint, filter).start();
        RawClient client = new RawClient(gateway.port())) {
      for (int i = 0; i < 10; i++) {
        Response got = client.request("GET", "/");
        assertThat(got.body()).doesNotContain("evil");
        if (got.status() != 200) {
          assertThat(got.body()).contains("upstream-extra-bytes");
        }
      }
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  /** Notes the order of hooks. */
  private record Noting(String name, List<String> notes, boolean isHeadOnly) implements HttpFilter {
    @Override
    public void onRequestHead(FilterExchange exchange) {
      notes.add(name + " request");
    }

    @Override
    public void onResponseHead(FilterExchange exchange) {
      notes.add(name + " response");
    }

    @Override
    public ByteBuf onRequestData(FilterExchange exchange, ByteBuf data) {
      notes.add(name + " request data");
      return data;
    }

    @Override
    public ByteBuf onResponseData(FilterExchange exchange, ByteBuf data) {
      notes.add(name + " response data");
      return data;
    }

    @Override
    public void onEnd(FilterExchange exchange) {
      notes.add(name + " end");
    }
  }

  @Test
  void requestHooksRunForwardsAndResponseHooksBackwards() throws Exception {
    List<String> notes = new CopyOnWriteArrayList<>();
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway =
            gateway(
                    endpoint,
                    new Noting("a", notes, false),
                    new Noting("b", notes, true),
                    new Noting("c", notes, false))
                .start();
        RawClient client = new RawClient(gateway.port())) {
      // The body ends where the chunked request ends, so the endpoint is told a length by nobody.
      assertThat(client.request("GET", "/").body()).isEqualTo("ok");
      Await.until("ended", () -> gateway.engine().ledger().completed() == 1);
      assertThat(notes)
          .containsExactly(
              "a request",
              "b request",
              "c request",
              "c response",
              "b response",
              "a response",
              "c response data",
              "a response data",
              "a end",
              "b end",
              "c end");
    }
  }

  /** Does something at one hook. */
  private record At(Hook hook, java.util.function.Consumer<FilterExchange> action)
      implements HttpFilter {
    private void run(Hook now, FilterExchange exchange) {
      if (now == hook && !exchange.request().path().equals("/spared")) {
        action.accept(exchange);
      }
    }

    @Override
    public boolean isHeadOnly() {
      return false;
    }

    @Override
    public void onRequestHead(FilterExchange exchange) {
      run(Hook.REQUEST_HEAD, exchange);
    }

    @Override
    public ByteBuf onRequestData(FilterExchange exchange, ByteBuf data) {
      return guarded(Hook.REQUEST_DATA, exchange, data);
    }

    @Override
    public void onRequestTrailers(FilterExchange exchange, HeaderBlock trailers) {
      run(Hook.REQUEST_TRAILERS, exchange);
    }

    @Override
    public void onResponseHead(FilterExchange exchange) {
      run(Hook.RESPONSE_HEAD, exchange);
    }

    @Override
    public ByteBuf onResponseData(FilterExchange exchange, ByteBuf data) {
      return guarded(Hook.RESPONSE_DATA, exchange, data);
    }

    @Override
    public void onResponseTrailers(FilterExchange exchange, HeaderBlock trailers) {
      run(Hook.RESPONSE_TRAILERS, exchange);
    }

    @Override
    public void onEnd(FilterExchange exchange) {
      run(Hook.END, exchange);
    }

    private ByteBuf guarded(Hook now, FilterExchange exchange, ByteBuf data) {
      try {
        run(now, exchange);
        return data;
      } catch (RuntimeException e) {
        data.release();
        throw e;
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Hook.class)
  void aFilterThatThrowsEndsItsOwnExchangeOnly(Hook hook) throws Exception {
    SEEN.clear();
    HttpFilter thrower =
        new At(
            hook,
            exchange -> {
              throw new IllegalStateException("thrown on purpose");
            });
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(CHUNKED_ECHO);
        Gateway gateway = gateway(endpoint, thrower).start()) {
      try (RawClient client = new RawClient(gateway.port())) {
        Response got = client.post("POST", "/", "body");
        switch (hook) {
          case RESPONSE_DATA, RESPONSE_TRAILERS -> assertThat(got.complete()).isFalse();
          case END -> assertThat(got.status()).isEqualTo(200);
          default -> {
            assertThat(got.status()).isEqualTo(500);
            assertThat(got.body()).contains("\"why\":\"filter-error\"");
          }
        }
      } catch (java.io.IOException e) {
        assertThat(hook).isIn(Hook.RESPONSE_DATA, Hook.RESPONSE_TRAILERS);
      }
      Await.until("counted", () -> !gateway.metrics.contained.isEmpty());
      try (RawClient client = new RawClient(gateway.port())) {
        assertThat(client.post("POST", "/spared", "body").body()).isEqualTo("hello");
      }
      assertBalanced(gateway, 2);
    }
  }

  private static final LocalResponse TEAPOT =
      new LocalResponse(418, List.of(Map.entry("X-By", "filter")), "short and stout");

  @ParameterizedTest
  @EnumSource(
      value = Hook.class,
      names = {"REQUEST_HEAD", "REQUEST_DATA", "REQUEST_TRAILERS", "RESPONSE_HEAD"})
  void aHookMayAnswer(Hook hook) throws Exception {
    SEEN.clear();
    List<String> notes = new CopyOnWriteArrayList<>();
    HttpFilter answers = new At(hook, exchange -> exchange.respond(TEAPOT, "teapot"));
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(CHUNKED_ECHO);
        Gateway gateway = gateway(endpoint, new Noting("outer", notes, true), answers).start();
        RawClient client = new RawClient(gateway.port())) {
      Response got = client.post("POST", "/", "body");
      assertThat(got.status()).isEqualTo(418);
      assertThat(got.header("x-by")).isEqualTo("filter");
      assertThat(got.body()).isEqualTo("short and stout");
      assertThat(gateway.metrics.failures).containsExactly("teapot");
      assertThat(gateway.metrics.contained).isEmpty();
      Await.until("ended", () -> notes.contains("outer end"));
      assertThat(notes).containsExactly("outer request", "outer response", "outer end");
      assertBalanced(gateway, 1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Hook.class,
      names = {"REQUEST_HEAD", "REQUEST_DATA", "REQUEST_TRAILERS", "RESPONSE_HEAD"})
  void aSuspendedFilterMayAnswer(Hook hook) throws Exception {
    SEEN.clear();
    HttpFilter answers =
        new At(
            hook,
            exchange -> {
              exchange.suspend();
              elsewhere(() -> exchange.execute(() -> exchange.respond(TEAPOT, null)));
            });
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(CHUNKED_ECHO);
        Gateway gateway = gateway(endpoint, answers).start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.post("POST", "/", "body").status()).isEqualTo(418);
      assertThat(gateway.metrics.failures).isEmpty();
      assertBalanced(gateway, 1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Hook.class,
      names = {"END"},
      mode = EnumSource.Mode.EXCLUDE)
  void resumingWithinTheHookIsNoSuspension(Hook hook) throws Exception {
    SEEN.clear();
    HttpFilter hasty =
        new At(
            hook,
            exchange -> {
              exchange.suspend();
              exchange.resume();
            });
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(CHUNKED_ECHO);
        Gateway gateway = gateway(endpoint, hasty).start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.post("POST", "/", "body").body()).isEqualTo("hello");
      assertThat(SEEN).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Hook.class,
      names = {"END"},
      mode = EnumSource.Mode.EXCLUDE)
  void aSuspensionThatLastsTooLongTimesOut(Hook hook) throws Exception {
    Duration long_ = Duration.ofSeconds(30);
    HttpFilter sleepy = new At(hook, FilterExchange::suspend);
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(CHUNKED_ECHO);
        Gateway gateway =
            gateway(endpoint, sleepy).timers(long_, long_, Duration.ofMillis(200)).start();
        RawClient client = new RawClient(gateway.port())) {
      Response got = null;
      try {
        got = client.post("POST", "/", "body");
      } catch (java.io.IOException e) {
        assertThat(hook).isIn(Hook.RESPONSE_DATA, Hook.RESPONSE_TRAILERS);
      }
      if (got != null && got.status() != 200) {
        assertThat(got.body()).contains("\"why\":\"filter-timeout\"");
      } else if (got != null) {
        assertThat(got.complete()).isFalse();
      }
      assertThat(gateway.metrics.failures).containsExactly("filter-timeout");
      assertBalanced(gateway, 1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Hook.class,
      names = {"END"},
      mode = EnumSource.Mode.EXCLUDE)
  void aClientMayLeaveWhileSuspended(Hook hook) throws Exception {
    CountDownLatch suspended = new CountDownLatch(1);
    CountDownLatch left = new CountDownLatch(1);
    HttpFilter waits =
        new At(
            hook,
            exchange -> {
              exchange.suspend();
              suspended.countDown();
              elsewhere(() -> {
                try {
                  left.await();
                } catch (InterruptedException e) {
                  return;
                }
                exchange.execute(exchange::resume);
              });
            });
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(CHUNKED_ECHO);
        Gateway gateway = gateway(endpoint, waits).start();
        RawClient client = new RawClient(gateway.port())) {
      client.send(RawClient.head("POST", "/", "Content-Length: 4") + "body");
      suspended.await();
      client.reset();
      left.countDown();
      assertBalanced(gateway, 1);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFilterMaySendTheRequestElsewhere(boolean known) throws Exception {
    try (FaultyEndpoint other = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .route(
                    "elsewhere",
                    List.of(),
                    List.of(
                        Gateway.shortcut(
                            known
                                ? "SetRequestUri=http://127.0.0.1:" + other.port() + "/other?q"
                                : "SetRequestUri=https://127.0.0.1:" + other.port() + "/")),
                    Map.of())
                .start()) {
      Response got = RawClient.get(gateway.port(), "/");
      assertThat(got.status()).isEqualTo(known ? 200 : 500);
      assertThat(endpoint.requests).isEmpty();
      if (known) {
        assertThat(other.requests.getFirst())
            .startsWith("GET /other?q HTTP/1.1\r\n")
            .contains("Host: 127.0.0.1:" + other.port());
        assertThat(RawClient.get(gateway.port(), "/").status()).isEqualTo(200);
      }
    }
  }

  /** Two clusters of one name would be two metrics of one name, which nobody can read any more. */
  @Test
  void anAddressThatAConfiguredClusterIsNamedAfterIsThatCluster() throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway =
            Gateway.builder()
                .cluster(spec -> ClusterSpec.implicit(new HostPort("127.0.0.1", endpoint.port())))
                .route(
                    "elsewhere",
                    List.of(),
                    List.of(Gateway.shortcut("SetRequestUri=http://127.0.0.1:" + endpoint.port())),
                    Map.of())
                .start()) {
      assertThat(RawClient.get(gateway.port(), "/").status()).isEqualTo(200);
      assertThat(gateway.engine().clusters())
          .extracting(cluster -> cluster.spec().name())
          .containsExactly("127.0.0.1:" + endpoint.port());
    }
  }

  /** A client may have chosen it: nothing of ours has failed. */
  @ParameterizedTest
  @ValueSource(strings = {"http://127.0.0.1:99999/", "http://127.0.0.1:0/"})
  void aPortThatNoEndpointCanHaveIsTheFiltersFault(String uri) throws Exception {
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .route(
                    "elsewhere",
                    List.of(),
                    List.of(Gateway.shortcut("RequestHeaderToRequestUri=X-Uri")),
                    Map.of())
                .start();
        RawClient client = new RawClient(gateway.port())) {
      Response got = client.request("GET", "/", "X-Uri: " + uri);
      assertThat(got.body()).contains("\"why\":\"filter-error\"");
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  private static void assertBalanced(Gateway gateway, int accepted) throws Exception {
    Await.until(
        "all exchanges have ended",
        () -> {
          DataPlane.Ledger now = gateway.engine().ledger();
          return now.accepted() == accepted
              && now.completed() + now.refused() + now.aborted() == accepted;
        });
  }
}
