package io.expressgateway.http.h2;

import static io.expressgateway.http.h2.Http2EndpointTest.gateway;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.fault.RawClient;
import io.expressgateway.http.h1.RawEndpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTP/2 endpoints that flood: their connection ends, the gateway's clients are served on. */
class Http2EndpointFloodTest {

  /** Frames of a type with this payload, on the request's stream or on none. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "SETTINGS,            4, 0, false, ''",
    "PING,                6, 0, false, 0000000000000000",
    "PRIORITY,            2, 0, true,  0000000010",
    "unknown frames,    190, 0, true,  00",
    "CONTINUATION,        9, 0, true,  ''",
    "empty DATA,          0, 0, true,  ''",
  })
  void endTheConnectionOnly(String what, int type, int flags, boolean onStream, String payload)
      throws Exception {
    byte[] bytes = java.util.HexFormat.of().parseHex(payload);
    AtomicInteger count = new AtomicInteger();
    Http2Endpoint.Script script =
        call -> {
          if (!call.ended) {
            return;
          }
          if (count.incrementAndGet() > 1) {
            call.ok("answered");
            return;
          }
          ByteBuf frames = Unpooled.buffer();
          if (type == 9) {
            // A head without its end: the field block that CONTINUATION goes on with.
            frames.writeMedium(1).writeByte(1).writeByte(0).writeInt(call.stream.id());
            frames.writeByte(0x88);
          } else if (type == 0) {
            frames.writeMedium(1).writeByte(1).writeByte(4).writeInt(call.stream.id());
            frames.writeByte(0x88);
          }
          for (int i = 0; i < 5_000; i++) {
            frames.writeMedium(bytes.length).writeByte(type).writeByte(flags);
            frames.writeInt(onStream ? call.stream.id() : 0);
            frames.writeBytes(bytes);
          }
          call.raw(frames);
        };
    try (Http2Endpoint endpoint = Http2Endpoint.start(script);
        Gateway gateway = gateway(endpoint).start();
        RawClient client = new RawClient(gateway.port());
        RawClient neighbour = new RawClient(gateway.port())) {
      client.send(RawClient.head("GET", "/"));
      Await.until(
          "it is noticed", () -> gateway.metrics.security.contains("upstream-malformed:goaway"));
      assertThat(neighbour.request("GET", "/").body()).isEqualTo("answered");
      assertThat(endpoint.connections).hasSize(2);
      Await.until(
          "every exchange ends",
          () -> gateway.engine().ledger().completed() + gateway.engine().ledger().aborted() == 2);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  @Test
  void aReloadThatChangesAClustersProtocolIsServedByTheNewOne() throws Exception {
    try (RawEndpoint http1 = RawEndpoint.scripted(request -> request.ok("over http1"));
        Http2Endpoint http2 = Http2Endpoint.start(call -> call.ok("over http2"));
        Gateway gateway = Gateway.builder().endpoints(http1.port()).start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").body()).isEqualTo("over http1");
      Gateway.Builder changed =
          Gateway.builder().protocol(ClusterSpec.Protocol.HTTP2).endpoints(http2.port());
      gateway.engine().publish(changed.snapshot());
      assertThat(client.request("GET", "/").body()).isEqualTo("over http2");
      gateway.engine().publish(Gateway.builder().endpoints(http1.port()).snapshot());
      assertThat(client.request("GET", "/").body()).isEqualTo("over http1");
      assertThat(gateway.metrics.failures).isEmpty();
    }
  }

  /** The same endpoint address, another protocol: no connection of the old kind is used. */
  @Test
  void aReloadThatChangesTheProtocolOfAnAddressOpensNewConnections() throws Exception {
    try (Http2Endpoint http2 = Http2Endpoint.start(call -> call.ok("over http2"));
        Gateway gateway = gateway(http2).start();
        RawClient client = new RawClient(gateway.port())) {
      assertThat(client.request("GET", "/").body()).isEqualTo("over http2");
      gateway.engine().publish(Gateway.builder().endpoints(http2.port()).snapshot());
      // HTTP/1.1 to an endpoint that speaks HTTP/2 only: it must fail, and not be sent as HTTP/2.
      assertThat(client.request("GET", "/").status()).isEqualTo(502);
      gateway.engine().publish(gateway(http2).snapshot());
      assertThat(client.request("GET", "/").body()).isEqualTo("over http2");
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }
}
