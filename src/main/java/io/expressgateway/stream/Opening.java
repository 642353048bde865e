package io.expressgateway.stream;

import io.expressgateway.limit.Rule;
import io.expressgateway.stream.proxyprotocol.ProxyHeader;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderDecoder;
import io.expressgateway.tls.ServerNameReader;
import io.expressgateway.tls.ServerTls;
import io.expressgateway.tls.TlsAccept;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What stands between a connection and its bytes: a PROXY protocol header, a TLS handshake, a
 * ClientHello. Installs one after the other as the listener has them, then connects the flow.
 * Confined to the connection's event loop.
 */
final class Opening
    implements ProxyHeaderDecoder.Outcome, TlsAccept.Outcome, ServerNameReader.Outcome {

  private final Flow flow;
  private final RelayContext listener;
  private final StreamLoop loop;
  private final SocketChannel channel;
  private final TlsAccept.Handshakes handshakes;
  private final Predicate<InetSocketAddress> admission;

  /**
   * @param handshakes counts those that run on this loop
   * @param admission whether a client that a header names may have another connection
   */
  Opening(
      Flow flow,
      RelayContext listener,
      StreamLoop loop,
      SocketChannel channel,
      TlsAccept.Handshakes handshakes,
      Predicate<InetSocketAddress> admission) {
    this.flow = flow;
    this.listener = listener;
    this.loop = loop;
    this.channel = channel;
    this.handshakes = handshakes;
    this.admission = admission;
  }

  /** Begins behind the PROXY protocol header, if there was one. */
  void open(ChannelPipeline pipeline) {
    switch (listener.spec().protocol()) {
      case TCP -> {
        pipeline.addLast(flow.clientSide());
        connect(listener.target());
      }
      case TLS -> {
        ServerTls tls = listener.tls();
        if (tls == null) {
          throw new IllegalStateException(flow.listener() + " has no certificate");
        }
        pipeline.addLast(tls.newHandler());
        pipeline.addLast(new TlsAccept(tls, handshakes, this));
      }
      case TLS_PASSTHROUGH -> {
        pipeline.addLast(new ServerNameReader(listener.spec().handshakeTimeout(), this));
        pipeline.addLast(flow.clientSide());
      }
      case HTTP, HTTPS, UDP ->
          throw new IllegalStateException(flow.listener() + " relays no connections");
    }
    channel.config().setAutoRead(true);
  }

  private void connect(@Nullable Target target) {
    if (target == null) {
      flow.refuse(FlowEnd.NO_SNI_MATCH);
    } else {
      flow.connectTo(target);
    }
  }

  // ---------------------------------------------------------------- PROXY protocol

  @Override
  public void onHeader(ChannelPipeline pipeline, @Nullable ProxyHeader header) {
    InetSocketAddress told = header == null ? null : header.source();
    InetSocketAddress client = told == null ? flow.client() : told;
    flow.clientIs(client);
    if (header != null) {
      flow.destinationIs(header.destination());
    }
    if (admission.test(client)) {
      open(pipeline);
    } else {
      flow.refuse(FlowEnd.CONNECTION_CAPS);
    }
  }

  @Override
  public void onRefused(ProxyHeaderDecoder.Refusal refusal, String detail) {
    loop.metrics().onSecurity(loop.index(), Rule.PROXY_PROTOCOL.text(), "close");
    flow.refuse(FlowEnd.BAD_PROXY_HEADER);
  }

  // ---------------------------------------------------------------- TLS that ends here

  @Override
  public void onSecured(ChannelPipeline pipeline, @Nullable String protocol) {
    String name = ServerTls.askedName(pipeline.get(SslHandler.class).engine());
    if (name != null) {
      flow.serverName(name);
    }
    pipeline.addLast(flow.clientSide());
    connect(listener.target());
  }

  @Override
  public void onRefused(String rule) {
    loop.metrics().onSecurity(loop.index(), rule, "close");
    // The connection is closed by whoever tells, behind an alert.
    flow.refuseClosing(FlowEnd.TLS_HANDSHAKE);
  }

  @Override
  public void onContained(Throwable cause) {
    loop.metrics().onContainedException(loop.index(), cause);
  }

  // ---------------------------------------------------------------- TLS that does not

  @Override
  public void onName(String name) {
    flow.serverName(name);
    connect(listener.target(name));
  }

  @Override
  public void onGone() {
    flow.cut(FlowEnd.CLIENT_GONE);
  }

  @Override
  public void onRefused(boolean isLate) {
    loop.metrics().onSecurity(loop.index(), Rule.CLIENT_HELLO.text(), "close");
    flow.refuse(isLate ? FlowEnd.CLIENT_HELLO_TIMEOUT : FlowEnd.BAD_CLIENT_HELLO);
  }
}
