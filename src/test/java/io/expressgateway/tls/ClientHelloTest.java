package io.expressgateway.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SniCompletionEvent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A ClientHello that comes in more pieces than any client sends is refused. */
class ClientHelloTest {

  private final List<Object> events = new ArrayList<>();
  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          ServerTls.of(TestCertificates.spec(new TestCertificates().server("a.example")), null)
              .newHandler(),
          new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
              events.add(event);
            }
          });

  @Test
  void aHelloOfOneByteAPieceIsRefusedAfter256OfThem() {
    byte[] record = new byte[2005];
    ByteBuffer.wrap(record).put(new byte[] {22, 3, 1, 7, (byte) 0xd0, 1, 0, 7, (byte) 0xcc});
    for (int i = 0; i < 256; i++) {
      channel.writeInbound(Unpooled.wrappedBuffer(record, i, 1));
    }
    assertThat(events).isEmpty();
    for (int i = 256; i < 300; i++) {
      channel.writeInbound(Unpooled.wrappedBuffer(record, i, 1));
    }
    assertThat(events)
        .singleElement()
        .isInstanceOfSatisfying(
            SniCompletionEvent.class,
            refused -> assertThat(refused.cause()).hasMessage("the ClientHello is too long"));
    channel.finishAndReleaseAll();
  }
}
