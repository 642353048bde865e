package io.expressgateway.http.upstream;

import io.expressgateway.cluster.ClusterSpec.HealthCheck;
import io.expressgateway.http.grpc.health.HealthMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A check over HTTP/2 with prior knowledge, behind a codec of its own: a GET whose status decides,
 * or gRPC's {@code Health/Check}, which has to say SERVING and then OK.
 */
final class Http2Attempt extends HealthAttempt {

  /** A response with one enum in it is seven bytes long. */
  private static final int MAX_RESPONSE_BYTES = 1024;

  private final HealthCheck check;
  private final String scheme;
  private final String authority;
  private final boolean isGrpc;
  private final ByteBuf response = Unpooled.buffer(16, MAX_RESPONSE_BYTES);
  private boolean isHeadSeen;

  Http2Attempt(HealthCheck check, String scheme, String authority, Consumer<Boolean> verdict) {
    super(verdict);
    this.check = check;
    this.scheme = scheme;
    this.authority = authority;
    this.isGrpc = check.type().equals("grpc");
  }

  /** What has to come before it in the pipeline. */
  static ChannelHandler[] codec() {
    return new ChannelHandler[] {
      Http2FrameCodecBuilder.forClient()
          .initialSettings(Http2Settings.defaultSettings().pushEnabled(false))
          .gracefulShutdownTimeoutMillis(0)
          .build(),
      new Streams()
    };
  }

  /** The codec lets handlers of this kind open streams, and no others. */
  private static final class Streams extends Http2ChannelDuplexHandler {
    Http2FrameStream open() {
      return newStream();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    Http2FrameStream stream = ctx.pipeline().get(Streams.class).open();
    Http2Headers head =
        new DefaultHttp2Headers()
            .method(isGrpc ? "POST" : "GET")
            .scheme(scheme)
            .authority(authority)
            .path(isGrpc ? "/grpc.health.v1.Health/Check" : check.path())
            .add("user-agent", "expressgateway-health");
    if (isGrpc) {
      head.add("content-type", "application/grpc")
          .add("te", "trailers")
          .add("grpc-timeout", Math.clamp(check.timeout().toMillis(), 1, 99_999_999) + "m");
    }
    ctx.write(new DefaultHttp2HeadersFrame(head, !isGrpc).stream(stream));
    if (isGrpc) {
      ByteBuf request = HealthMessages.request(check.service());
      ctx.write(new DefaultHttp2DataFrame(request, true).stream(stream));
    }
    ctx.flush();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (hasEnded()) {
        return;
      }
      switch (message) {
        case Http2HeadersFrame headers -> headers(headers);
        case Http2DataFrame data -> data(data);
        case Http2ResetFrame reset -> end(false);
        default -> {}
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void headers(Http2HeadersFrame frame) {
    if (!isHeadSeen) {
      head(frame);
    }
    if (frame.isEndStream()) {
      // Of a gRPC response without a message, this is head and trailers in one.
      end("0".contentEquals(orEmpty(frame.headers().get("grpc-status"))) && isServing());
    }
  }

  private void head(Http2HeadersFrame frame) {
    int status = status(frame.headers());
    if (status >= 100 && status < 200) {
      return;
    }
    isHeadSeen = true;
    if (!isGrpc) {
      end(status >= check.expectedStatusFrom() && status <= check.expectedStatusTo());
    } else if (status != 200) {
      end(false);
    }
  }

  private static int status(Http2Headers headers) {
    try {
      return Integer.parseInt(orEmpty(headers.status()).toString());
    } catch (NumberFormatException none) {
      return 0;
    }
  }

  private static CharSequence orEmpty(@Nullable CharSequence text) {
    return text == null ? "" : text;
  }

  private void data(Http2DataFrame frame) {
    if (frame.content().readableBytes() > response.maxWritableBytes()) {
      end(false);
      return;
    }
    response.writeBytes(frame.content());
    if (frame.isEndStream()) {
      // The status comes in trailers, or it is no gRPC.
      end(false);
    }
  }

  private boolean isServing() {
    int length = response.readableBytes() - HealthMessages.PREFIX;
    return length >= 0
        && response.getByte(0) == 0
        && response.getInt(1) == length
        && HealthMessages.isServing(response.slice(HealthMessages.PREFIX, length));
  }
}
