package io.expressgateway.http.upstream;

import io.expressgateway.cluster.ClusterSpec.HealthCheck;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** {@code type: http} over HTTP/1.1: the status line decides. */
final class Http1Attempt extends HealthAttempt {

  /** "HTTP/1.1 200" decides. */
  private static final int DECIDING = 12;

  private final HealthCheck check;
  private final String host;
  private final StringBuilder statusLine = new StringBuilder(DECIDING);

  Http1Attempt(HealthCheck check, String host, Consumer<Boolean> verdict) {
    super(verdict);
    this.check = check;
    this.host = host;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    String request =
        "GET "
            + check.path()
            + " HTTP/1.1\r\nHost: "
            + host
            + "\r\nUser-Agent: expressgateway-health\r\nConnection: close\r\n\r\n";
    ctx.writeAndFlush(Unpooled.wrappedBuffer(request.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      while (in.isReadable() && statusLine.length() < DECIDING) {
        statusLine.append((char) in.readUnsignedByte());
      }
    } finally {
      in.release();
    }
    if (statusLine.length() == DECIDING) {
      end(isExpected());
    }
  }

  private boolean isExpected() {
    if (statusLine.indexOf("HTTP/1.") != 0) {
      return false;
    }
    int status = 0;
    for (int i = 9; i < DECIDING; i++) {
      int digit = statusLine.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      status = status * 10 + digit;
    }
    return status >= check.expectedStatusFrom() && status <= check.expectedStatusTo();
  }
}
