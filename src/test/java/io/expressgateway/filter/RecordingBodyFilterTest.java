package io.expressgateway.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.message.HeaderBlock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RecordingBodyFilterTest {

  @Test
  void usesEveryHookAndResumesOnTheLoop() throws Exception {
    RecordingBodyFilter filter =
        new RecordingBodyFilter(
            task -> Thread.ofPlatform().start(task), Set.of(RecordingBodyFilter.Hook.REQUEST_HEAD));
    FakeFilterExchange exchange = FakeFilterExchange.get("/");
    filter.onRequestHead(exchange);
    assertThat(exchange.suspended).isTrue();
    exchange.loop.poll(10, TimeUnit.SECONDS).run();
    assertThat(exchange.resumed).isEqualTo(1);

    ByteBuf upper =
        filter.onRequestData(exchange, Unpooled.copiedBuffer("aZ{", StandardCharsets.US_ASCII));
    assertThat(upper.toString(StandardCharsets.US_ASCII)).isEqualTo("AZ{");
    upper.release();
    HeaderBlock trailers = new HeaderBlock();
    filter.onRequestTrailers(exchange, trailers);
    assertThat(trailers.get("x-request-bytes")).isEqualTo("3");

    exchange.responseBegun = true;
    filter.onResponseHead(exchange);
    ByteBuf data = Unpooled.copiedBuffer("four", StandardCharsets.US_ASCII);
    assertThat(filter.onResponseData(exchange, data)).isSameAs(data);
    data.release();
    filter.onResponseTrailers(exchange, trailers);
    assertThat(trailers.get("x-response-bytes")).isEqualTo("4");
    filter.onEnd(exchange);

    assertThat(filter.isHeadOnly()).isFalse();
    assertThat(filter.events())
        .containsExactly(
            "REQUEST_HEAD",
            "resumed REQUEST_HEAD",
            "REQUEST_DATA",
            "REQUEST_TRAILERS",
            "RESPONSE_HEAD",
            "RESPONSE_DATA",
            "RESPONSE_TRAILERS",
            "END");
  }

  @Test
  void suspendsOnceForEachHook() {
    RecordingBodyFilter filter =
        new RecordingBodyFilter(Runnable::run, EnumSet.allOf(RecordingBodyFilter.Hook.class));
    FakeFilterExchange exchange = FakeFilterExchange.get("/");
    filter.onRequestHead(exchange);
    filter.onRequestData(exchange, Unpooled.buffer(1)).release();
    filter.onRequestData(exchange, Unpooled.buffer(1)).release();
    assertThat(exchange.loop).hasSize(2);
  }
}
