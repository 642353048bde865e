package io.expressgateway.http.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplayBufferTest {

  /** An endpoint's stream that writes down the body it is sent. */
  private static final class Recorder implements Upstream {
    private final StringBuilder body = new StringBuilder();

    @Override
    public void sendHead(RequestHead head, String host, boolean bodiless) {
      throw new AssertionError("a replay begins behind the head");
    }

    @Override
    public void sendData(ByteBuf data) {
      body.append(data.toString(ISO_8859_1)).append('|');
      data.release();
    }

    @Override
    public void sendEnd(@Nullable HeaderBlock trailers) {
      body.append("end ").append(trailers == null ? "" : trailers.toString().strip());
    }

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void readBody(boolean wanted) {}

    @Override
    public void flush() {}

    @Override
    public boolean isReused() {
      return false;
    }

    @Override
    public void release(boolean reusable) {}

    @Override
    public void cancel() {}
  }

  private static String replayed(ReplayBuffer buffer) {
    Recorder recorder = new Recorder();
    buffer.replayTo(recorder);
    return recorder.body.toString();
  }

  /** Sends a piece as an exchange does: kept, then given to the socket, which releases it. */
  private static ByteBuf sent(ReplayBuffer buffer, String text) {
    ByteBuf data = Unpooled.copiedBuffer(text, ISO_8859_1);
    buffer.add(data);
    data.release();
    return data;
  }

  @Test
  void replaysAsOftenAsItIsAsked() {
    ReplayBuffer buffer = new ReplayBuffer(6);
    ByteBuf first = sent(buffer, "abc");
    ByteBuf second = sent(buffer, "def");
    assertThat(replayed(buffer)).isEqualTo("abcdef|");
    buffer.end(null);
    assertThat(replayed(buffer)).isEqualTo("abcdef|end ");
    assertThat(buffer.isComplete()).isTrue();
    buffer.release();
    assertThat(first.refCnt()).isZero();
    assertThat(second.refCnt()).isZero();
  }

  @Test
  void replaysTrailers() {
    ReplayBuffer buffer = new ReplayBuffer(0);
    HeaderBlock trailers = new HeaderBlock();
    trailers.add("X-Sum", "1");
    buffer.end(trailers);
    assertThat(replayed(buffer)).isEqualTo("end X-Sum: 1");
  }

  @Test
  void keepsWhatWasSentEvenWhenTheSenderReadsItsBuffer() {
    ReplayBuffer buffer = new ReplayBuffer(3);
    ByteBuf data = Unpooled.copiedBuffer("abc", ISO_8859_1);
    buffer.add(data);
    data.skipBytes(3).release();
    assertThat(replayed(buffer)).isEqualTo("abc|");
    buffer.release();
    assertThat(data.refCnt()).isZero();
  }

  @Test
  void oneByteTooManyLetsGoOfEverything() {
    ReplayBuffer buffer = new ReplayBuffer(5);
    ByteBuf first = sent(buffer, "abc");
    assertThat(first.refCnt()).as("kept as a copy").isZero();
    assertThat(buffer.bytes()).isEqualTo(3);
    ByteBuf second = sent(buffer, "def");
    assertThat(buffer.isComplete()).isFalse();
    assertThat(buffer.bytes()).isZero();
    assertThat(second.refCnt()).isZero();
    assertThat(sent(buffer, "").refCnt()).isZero();
  }

  @Test
  void aReleasedBufferIsNoLongerComplete() {
    ReplayBuffer buffer = new ReplayBuffer(5);
    buffer.release();
    buffer.release();
    assertThat(buffer.isComplete()).isFalse();
  }
}
