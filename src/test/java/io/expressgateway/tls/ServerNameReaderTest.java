package io.expressgateway.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServerNameReaderTest {

  private String heard = "";

  private final ServerNameReader.Outcome listener =
      new ServerNameReader.Outcome() {
        @Override
        public void onName(String name) {
          heard = "name " + name;
          throw new IllegalStateException("ours");
        }

        @Override
        public void onGone() {
          heard = "gone";
        }

        @Override
        public void onRefused(boolean isLate) {
          heard = "refused";
        }
      };

  private final EmbeddedChannel channel =
      new EmbeddedChannel(new ServerNameReader(Duration.ofMinutes(1), listener));

  /** A ClientHello of TLS 1.2 that asks for no name. */
  private static byte[] hello() {
    byte[] hello = new byte[5 + 4 + 2 + 32 + 1 + 4 + 2];
    hello[0] = 22;
    hello[1] = 3;
    hello[2] = 1;
    hello[4] = (byte) (hello.length - 5);
    hello[5] = 1;
    hello[8] = (byte) (hello.length - 9);
    hello[9] = 3;
    hello[10] = 3;
    hello[45] = 2;
    hello[46] = 0x13;
    hello[47] = 1;
    hello[48] = 1;
    return java.util.Arrays.copyOf(hello, hello.length);
  }

  /** The bytes are passed on, and the exception is for the handlers behind. */
  @Test
  void doesNotTakeOurExceptionForTheClients() {
    ByteBuf hello = Unpooled.wrappedBuffer(hello());

    assertThatThrownBy(() -> channel.writeInbound(hello)).hasMessage("ours");

    assertThat(heard).isEqualTo("name ");
    assertThat(channel.<ByteBuf>readInbound().release()).isTrue();
  }

  @Test
  void passesOnWhatIsNotThePeersDoing() {
    assertThatThrownBy(
            () -> {
              channel.pipeline().fireExceptionCaught(new IllegalStateException("ours"));
              channel.checkException();
            })
        .hasMessage("ours");
    assertThat(heard).isEmpty();
  }

  @Test
  void aResetBeforeTheFirstByteIsAClientThatLeft() {
    channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
    channel.checkException();
    assertThat(heard).isEqualTo("gone");
  }
}
