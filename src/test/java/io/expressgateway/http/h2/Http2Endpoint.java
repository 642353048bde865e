package io.expressgateway.http.h2;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** An HTTP/2 endpoint on Netty's frame codec that does to each request what its script says. */
final class Http2Endpoint implements AutoCloseable {

  /** What happens to a request; on the connection's loop, once per frame of the request. */
  interface Script {
    void on(Call call);
  }

  final List<Call> calls = new CopyOnWriteArrayList<>();
  final List<Channel> connections = new CopyOnWriteArrayList<>();
  final List<Long> resets = new CopyOnWriteArrayList<>();
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel server;
  private final Script script;
  private final Http2Settings settings;
  private final @Nullable SslContext tls;

  private Http2Endpoint(Http2Settings settings, Script script, @Nullable SslContext tls)
      throws Exception {
    this.script = script;
    this.settings = settings;
    this.tls = tls;
    server =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel);
                  }
                })
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
  }

  static Http2Endpoint start(Script script) throws Exception {
    return new Http2Endpoint(new Http2Settings().maxConcurrentStreams(100), script, null);
  }

  static Http2Endpoint start(Http2Settings settings, Script script) throws Exception {
    return new Http2Endpoint(settings, script, null);
  }

  static Http2Endpoint secured(SslContext tls, Script script) throws Exception {
    return new Http2Endpoint(new Http2Settings().maxConcurrentStreams(100), script, tls);
  }

  int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  private void accept(Channel channel) {
    connections.add(channel);
    if (tls != null) {
      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
    }
    Http2FrameCodec codec =
        Http2FrameCodecBuilder.forServer().initialSettings(settings).validateHeaders(false).build();
    channel.pipeline().addLast(codec, new Frames(connections.size()));
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private final class Frames extends ChannelInboundHandlerAdapter {
    private final int connection;
    private final Map<Http2FrameStream, Call> running = new ConcurrentHashMap<>();

    Frames(int connection) {
      this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      try {
        switch (message) {
          case Http2HeadersFrame head -> {
            Call call = running.get(head.stream());
            if (call == null) {
              call = new Call(ctx, head.stream(), head.headers(), connection);
              running.put(head.stream(), call);
              calls.add(call);
            } else {
              call.trailers = head.headers();
            }
            call.ended = head.isEndStream();
            script.on(call);
          }
          case Http2DataFrame data -> {
            Call call = running.get(data.stream());
            call.received.addAndGet(data.content().readableBytes());
            call.ended = data.isEndStream();
            if (call.takes) {
              ctx.write(
                  new DefaultHttp2WindowUpdateFrame(data.initialFlowControlledBytes())
                      .stream(data.stream()));
            }
            script.on(call);
          }
          case Http2ResetFrame reset -> resets.add(reset.errorCode());
          default -> {}
        }
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  /** One request. */
  static final class Call {
    final Http2Headers head;
    final int connection;
    final AtomicLong received = new AtomicLong();
    volatile boolean takes = true;
    volatile boolean ended;
    volatile @Nullable Http2Headers trailers;
    final Http2FrameStream stream;
    private final ChannelHandlerContext ctx;

    Call(ChannelHandlerContext ctx, Http2FrameStream stream, Http2Headers head, int connection) {
      this.ctx = ctx;
      this.stream = stream;
      this.head = head;
      this.connection = connection;
    }

    String path() {
      return head.path().toString();
    }

    void head(int status, boolean end, String... fields) {
      Http2Headers headers = new DefaultHttp2Headers(false).status(Integer.toString(status));
      for (int i = 0; i < fields.length; i += 2) {
        headers.add(fields[i], fields[i + 1]);
      }
      ctx.writeAndFlush(new DefaultHttp2HeadersFrame(headers, end).stream(stream));
    }

    void data(String text, boolean end) {
      data(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1), end);
    }

    void data(ByteBuf bytes, boolean end) {
      ctx.writeAndFlush(new DefaultHttp2DataFrame(bytes, end).stream(stream));
    }

    /** A piece of body; done when the socket has it. */
    ChannelFuture piece(ByteBuf bytes) {
      return ctx.writeAndFlush(new DefaultHttp2DataFrame(bytes, false).stream(stream));
    }

    void trailers(String name, String value) {
      ctx.writeAndFlush(
          new DefaultHttp2HeadersFrame(new DefaultHttp2Headers(false).add(name, value), true)
              .stream(stream));
    }

    void ok(String body) {
      head(200, false, "content-length", Integer.toString(body.length()));
      data(body, true);
    }

    void reset(Http2Error error) {
      ctx.writeAndFlush(new DefaultHttp2ResetFrame(error).stream(stream));
    }

    /** A GOAWAY frame that names the last stream that is processed (RFC 9113 section 6.8). */
    void goAway(int last) {
      ByteBuf frame = Unpooled.buffer(17);
      frame.writeMedium(8).writeByte(7).writeByte(0).writeInt(0).writeInt(last).writeInt(0);
      raw(frame);
    }

    /** Bytes past the codec. */
    void raw(ByteBuf frame) {
      ctx.pipeline().firstContext().writeAndFlush(frame);
    }

    void disconnect() {
      ctx.pipeline().firstContext().close();
    }
  }
}
