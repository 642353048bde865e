package io.expressgateway.stream.proxyprotocol;

import static io.expressgateway.stream.proxyprotocol.Headers.at;
import static io.expressgateway.stream.proxyprotocol.Headers.binary;
import static io.expressgateway.stream.proxyprotocol.Headers.join;
import static io.expressgateway.stream.proxyprotocol.Headers.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.stream.proxyprotocol.ProxyHeaderPolicy.Expectation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProxyHeaderDecoderTest {

  private static final byte[] HEADER = text("PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\r\n");
  private static final ProxyHeader MEANT =
      ProxyHeader.stream(at("192.0.2.1", 4711), at("198.51.100.2", 443));

  private final Recorder recorder = new Recorder();
  private @Nullable EmbeddedChannel channel;

  @AfterEach
  void close() {
    if (channel != null) {
      channel.finishAndReleaseAll();
    }
  }

  @Test
  void handsOnTheHeaderThenTheBytesBehindIt() {
    EmbeddedChannel opened = open(Expectation.REQUIRED);
    assertThat(recorder.events).isEmpty();
    receive(opened, join(HEADER, text("hello")));
    assertThat(recorder.events).containsExactly("header", "active", "hello");
    assertThat(recorder.header).isEqualTo(MEANT);
    assertThat(opened.pipeline().get(ProxyHeaderDecoder.class)).isNull();
  }

  @Test
  void findsTheHeaderHoweverItIsCut() {
    byte[] wire = join(binary(0x21, 0x11, "c0000201c6336402126701bb"), text("hello"));
    for (int cut = 1; cut < wire.length; cut++) {
      recorder.events.clear();
      EmbeddedChannel opened = open(Expectation.REQUIRED);
      receive(opened, java.util.Arrays.copyOf(wire, cut));
      receive(opened, java.util.Arrays.copyOfRange(wire, cut, wire.length));
      assertThat(String.join("", recorder.events)).isEqualTo("headeractivehello");
      assertThat(recorder.header).isEqualTo(MEANT);
      opened.finishAndReleaseAll();
    }
  }

  @Test
  void readsNoMoreThanTheHeaderNeeds() {
    EmbeddedChannel opened = open(Expectation.REQUIRED);
    receive(opened, HEADER);
    assertThat(opened.config().isAutoRead()).isFalse();
  }

  @Test
  void closesWithoutARequiredHeader() {
    EmbeddedChannel opened = open(Expectation.REQUIRED);
    receive(opened, text("GET / HTTP/1.1\r\n"));
    assertThat(recorder.events).containsExactly("refused missing");
    assertThat(opened.isOpen()).isFalse();
  }

  @Test
  void closesOnAMalformedHeaderEvenWhereNoneIsNeeded() {
    EmbeddedChannel opened = open(Expectation.OPTIONAL);
    receive(opened, text("PROXY TCP4 nonsense\r\n"));
    assertThat(recorder.events).containsExactly("refused malformed");
    assertThat(opened.isOpen()).isFalse();
  }

  @Test
  void goesOnWithoutAnOptionalHeader() {
    EmbeddedChannel opened = open(Expectation.OPTIONAL);
    receive(opened, text("PR"));
    assertThat(recorder.events).isEmpty();
    receive(opened, text("I * HTTP/2.0"));
    assertThat(recorder.events).containsExactly("no header", "active", "PRI * HTTP/2.0");
  }

  @Test
  void closesWhenTheHeaderDoesNotEndInTime() {
    EmbeddedChannel opened = open(Expectation.REQUIRED);
    receive(opened, text("PROXY TCP4"));
    opened.advanceTimeBy(5, TimeUnit.SECONDS);
    opened.runScheduledPendingTasks();
    assertThat(recorder.events).containsExactly("refused unfinished");
    assertThat(opened.isOpen()).isFalse();
  }

  @Test
  void forgetsTheTimerBehindTheHeader() {
    EmbeddedChannel opened = open(Expectation.REQUIRED);
    receive(opened, HEADER);
    opened.advanceTimeBy(1, TimeUnit.HOURS);
    opened.runScheduledPendingTasks();
    assertThat(opened.isOpen()).isTrue();
    assertThat(recorder.events).containsExactly("header", "active");
  }

  @Test
  void closesWhenThePeerEndsBeforeItsHeader() {
    EmbeddedChannel opened = open(Expectation.REQUIRED);
    receive(opened, text("PROXY"));
    opened.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(recorder.events).containsExactly("refused unfinished");
  }

  @Test
  void letsAnUntrustedPeerGoOnAtOnceAndWatchesItsFirstBytes() {
    EmbeddedChannel opened = open(Expectation.FORBIDDEN);
    assertThat(recorder.events).containsExactly("no header", "active");
    receive(opened, text("PROX"));
    receive(opened, text("IMA"));
    assertThat(recorder.events).containsExactly("no header", "active", "PROXIMA");
    assertThat(opened.pipeline().get(ProxyHeaderDecoder.class)).isNull();
  }

  @Test
  void closesWhenAnUntrustedPeerSendsAHeader() {
    EmbeddedChannel opened = open(Expectation.FORBIDDEN);
    receive(opened, java.util.Arrays.copyOf(binary(0x20, 0), 12));
    assertThat(recorder.events)
        .containsExactly("no header", "active", "refused untrusted", "inactive");
    assertThat(opened.isOpen()).isFalse();
  }

  @Test
  void passesOnWhatAnUntrustedPeerSaidBeforeItEnded() {
    EmbeddedChannel opened = open(Expectation.FORBIDDEN);
    receive(opened, text("PRO"));
    opened.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(recorder.events).containsExactly("no header", "active", "PRO");
  }

  @Test
  void expectsByPolicyAndTrust() {
    assertThat(ProxyHeaderPolicy.OFF.expectationOf(true)).isEqualTo(Expectation.NONE);
    assertThat(ProxyHeaderPolicy.ACCEPT.expectationOf(true)).isEqualTo(Expectation.OPTIONAL);
    assertThat(ProxyHeaderPolicy.ACCEPT.expectationOf(false)).isEqualTo(Expectation.FORBIDDEN);
    assertThat(ProxyHeaderPolicy.REQUIRE.expectationOf(true)).isEqualTo(Expectation.REQUIRED);
    assertThat(ProxyHeaderPolicy.REQUIRE.expectationOf(false)).isEqualTo(Expectation.REFUSED);
  }

  private EmbeddedChannel open(Expectation expectation) {
    EmbeddedChannel opened = new EmbeddedChannel();
    opened.freezeTime();
    opened.pipeline().addLast(new ProxyHeaderDecoder(expectation, Duration.ofSeconds(5), recorder));
    opened.pipeline().fireChannelActive();
    channel = opened;
    return opened;
  }

  private static void receive(EmbeddedChannel opened, byte[] bytes) {
    opened.writeInbound(Unpooled.wrappedBuffer(bytes));
  }

  private static final class Recorder implements ProxyHeaderDecoder.Outcome {

    private final List<String> events = new ArrayList<>();
    private @Nullable ProxyHeader header;

    @Override
    public void onHeader(ChannelPipeline pipeline, @Nullable ProxyHeader read) {
      header = read;
      events.add(read == null ? "no header" : "header");
      pipeline.addLast(new Next());
    }

    @Override
    public void onRefused(ProxyHeaderDecoder.Refusal refusal, String detail) {
      events.add("refused " + refusal.code());
    }

    private final class Next extends ChannelInboundHandlerAdapter {

      @Override
      public void channelActive(ChannelHandlerContext ctx) {
        events.add("active");
      }

      @Override
      public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        events.add(bytes.toString(StandardCharsets.ISO_8859_1));
        bytes.release();
      }

      @Override
      public void channelInactive(ChannelHandlerContext ctx) {
        events.add("inactive");
      }
    }
  }
}
