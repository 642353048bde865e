package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Trailers beyond the limit of a header block: their stream has its request already. */
class OversizedTrailersTest {

  private static final byte[] PING = new byte[8];

  /** 72 KB of fields in a HEADERS frame and its CONTINUATION frames. */
  private static void oversized(RawHttp2 client, int stream, byte[] head) {
    ByteArrayOutputStream fields = new ByteArrayOutputStream();
    fields.writeBytes(head);
    for (int i = 0; i < 720; i++) {
      RawHttp2.literal(fields, "x-" + (100 + i), "v".repeat(93));
    }
    byte[] block = fields.toByteArray();
    int first = 16_000;
    client.frame(RawHttp2.HEADERS, 1, stream, Arrays.copyOf(block, first));
    for (int at = first; at < block.length; at += first) {
      int end = Math.min(block.length, at + first);
      client.frame(
          RawHttp2.CONTINUATION,
          end == block.length ? 4 : 0,
          stream,
          Arrays.copyOfRange(block, at, end));
    }
  }

  /** What came on streams until the answer to a PING. */
  private static List<RawHttp2.Frame> untilPong(RawHttp2 client) throws Exception {
    client.frame(RawHttp2.PING, 0, 0, PING).send();
    List<RawHttp2.Frame> frames = new ArrayList<>();
    RawHttp2.Frame frame = client.read();
    while (frame.type() != RawHttp2.PING) {
      if (frame.stream() != 0) {
        frames.add(frame);
      }
      frame = client.read();
    }
    return frames;
  }

  @Test
  void resetTheirStreamOnceAndAreNoRequest() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.in().read());
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings().request(1, "POST", false).send();
      Await.until("it is under way", () -> endpoint.requests().size() == 1);
      oversized(client, 1, new byte[0]);
      List<RawHttp2.Frame> frames = untilPong(client);
      // Those that crossed the reset change nothing.
      oversized(client, 1, new byte[0]);
      frames.addAll(untilPong(client));
      assertThat(frames).extracting(RawHttp2.Frame::type).containsExactly(RawHttp2.RST_STREAM);
      assertThat(frames.getFirst().stream()).isEqualTo(1);
      Await.until(
          "the exchange ends",
          () -> gateway.engine().ledger().completed() + gateway.engine().ledger().aborted() == 1);
      assertThat(gateway.engine().ledger().accepted()).isEqualTo(1);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  @Test
  void aHeadOfThatSizeIsAnsweredStill() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings();
      oversized(client, 1, RawHttp2.block("GET"));
      client.send();
      assertThat(client.awaitFields().status()).hasToString("431");
      assertThat(gateway.engine().ledger().accepted()).isEqualTo(1);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }
}
