package io.expressgateway.http.listener;

import io.expressgateway.http.h1.Http1ServerConnection;
import io.expressgateway.http.h2.Http2ServerConnection;
import io.expressgateway.http.proxy.ConnectionRegistry;
import io.expressgateway.http.proxy.ListenerContext;
import io.expressgateway.http.proxy.Worker;
import io.expressgateway.tls.TlsAccept;
import io.netty.channel.ChannelPipeline;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Puts the handler of a protocol at the end of a connection's pipeline, once it is known which the
 * client speaks. For the event loop of {@code worker}.
 */
record Protocols(
    Worker worker, ListenerContext listener, ConnectionRegistry registry, InetSocketAddress client)
    implements TlsAccept.Outcome {

  @Override
  public void onSecured(ChannelPipeline pipeline, @Nullable String protocol) {
    if ("h2".equals(protocol)) {
      installHttp2(pipeline);
    } else {
      installHttp1(pipeline);
    }
  }

  @Override
  public void onRefused(String rule) {
    worker.metrics().onSecurity(worker.index(), rule, "close");
  }

  @Override
  public void onContained(Throwable cause) {
    worker.metrics().onContainedException(worker.index(), cause);
  }

  /** The client speaks HTTP/1.1 or HTTP/1.0. */
  void installHttp1(ChannelPipeline pipeline) {
    Http1ServerConnection connection =
        new Http1ServerConnection(worker, listener, registry, client);
    pipeline.addLast(connection);
    // The channel has been active for a while; for this handler it begins now.
    connection.channelActive(pipeline.context(connection));
  }

  /** The client speaks HTTP/2; its connection preface is still to be read. */
  void installHttp2(ChannelPipeline pipeline) {
    pipeline.addLast(Http2ServerConnection.create(worker, listener, registry, client));
  }
}
