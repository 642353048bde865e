package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Netty's codec as the plain oracle: what ours accepts Netty reads the same way, and what Netty
 * refuses ours refuses. Ours may refuse more.
 */
final class NettyOracle {

  private static final HttpDecoderConfig CONFIG =
      new HttpDecoderConfig().setMaxInitialLineLength(8192).setMaxHeaderSize(8192);

  private NettyOracle() {}

  /** {@code ours} is what {@link ParserFixture#request} said of the same bytes. */
  static void assertAgrees(byte[] wire, String ours) {
    if (ours.isEmpty() || !Character.isDigit(ours.charAt(0))) {
      return;
    }
    Read netty = read(new EmbeddedChannel(new HttpRequestDecoder(CONFIG)), wire);
    assertThat(netty.message)
        .as("ours accepted what Netty has not read: %s", ours)
        .isInstanceOf(HttpRequest.class);
    HttpRequest request = (HttpRequest) netty.message;
    assertThat(netty.headFailure).as(ours).isNull();
    String[] words = ours.substring(ours.indexOf(' ') + 1, ours.indexOf('\n')).split(" ", -1);
    assertThat(words[0]).isEqualTo(request.method().name());
    if (request.uri().startsWith("/")) {
      assertThat(words[2]).isEqualTo(request.uri());
    }
    assertThat(ours.substring(ours.indexOf('\n') + 1)).isEqualTo(fields(request.headers()));
  }

  /** {@code ours} is what {@link ParserFixture#response} said of the same bytes. */
  static void assertResponseAgrees(byte[] wire, String ours) {
    if (ours.isEmpty() || !Character.isDigit(ours.charAt(0))) {
      return;
    }
    Read netty = read(new EmbeddedChannel(new HttpResponseDecoder(CONFIG)), wire);
    assertThat(netty.message).as(ours).isInstanceOf(HttpResponse.class);
    HttpResponse response = (HttpResponse) netty.message;
    assertThat(netty.headFailure).as(ours).isNull();
    assertThat(ours).contains(" " + response.status().code() + " ");
    assertThat(ours.substring(ours.indexOf('\n') + 1)).isEqualTo(fields(response.headers()));
  }

  /** {@code ours} is what {@link ParserFixture#chunks} said of the same bytes. */
  static void assertChunksAgree(byte[] wire, String ours) {
    if (ours.isEmpty() || !Character.isDigit(ours.charAt(0))) {
      return;
    }
    byte[] head = Wire.bytes("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    byte[] all = java.util.Arrays.copyOf(head, head.length + wire.length);
    System.arraycopy(wire, 0, all, head.length, wire.length);
    Read netty = read(new EmbeddedChannel(new HttpRequestDecoder(CONFIG)), all);
    assertThat(netty.ended).as("Netty has not read this body to its end: %s", ours).isTrue();
    assertThat(ours.substring(ours.indexOf(' ') + 1)).isEqualTo(netty.body + "\n" + netty.trailers);
  }

  private static String fields(io.netty.handler.codec.http.HttpHeaders headers) {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, String> field : headers) {
      text.append(field.getKey()).append(": ").append(field.getValue()).append('\n');
    }
    return text.toString();
  }

  private static Read read(EmbeddedChannel channel, byte[] wire) {
    Read read = new Read();
    try {
      channel.writeInbound(Unpooled.wrappedBuffer(wire.clone()));
      for (Object next = channel.readInbound(); next != null; next = channel.readInbound()) {
        read.add((HttpObject) next);
        ReferenceCountUtil.release(next);
      }
    } finally {
      channel.finishAndReleaseAll();
    }
    return read;
  }

  /** The first message that came out. */
  private static final class Read {
    private HttpMessage message;
    private Throwable headFailure;
    private final StringBuilder body = new StringBuilder();
    private String trailers = "";
    private boolean ended;

    void add(HttpObject next) {
      if (ended) {
        return;
      }
      DecoderResult result = next.decoderResult();
      if (next instanceof HttpMessage head) {
        if (message == null) {
          message = head;
          headFailure = result.cause();
        }
      } else if (next instanceof HttpContent content && !result.isFailure()) {
        body.append(content.content().toString(StandardCharsets.ISO_8859_1));
        if (content instanceof LastHttpContent last) {
          trailers = fields(last.trailingHeaders());
          ended = true;
        }
      } else {
        ended = result.isFailure() && ended;
      }
    }
  }
}
