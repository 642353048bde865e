package io.expressgateway.http.upstream;

import io.netty.channel.ChannelHandlerContext;
import java.util.function.Consumer;

/** {@code type: tcp}: accepted is healthy. */
final class TcpAttempt extends HealthAttempt {

  TcpAttempt(Consumer<Boolean> verdict) {
    super(verdict);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    end(true);
  }
}
