package io.expressgateway.app;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * Loops that are never native, whoever asks: Boot sets a server's loops after every customizer, and
 * then asks for native ones.
 *
 * @param loops where they come from
 */
record NioLoops(LoopResources loops) implements LoopResources {

  @Override
  public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
    return loops.onChannel(type, group);
  }

  @Override
  public <C extends Channel> Class<? extends C> onChannelClass(
      Class<C> type, EventLoopGroup group) {
    return loops.onChannelClass(type, group);
  }

  @Override
  public EventLoopGroup onClient(boolean useNative) {
    return loops.onClient(false);
  }

  @Override
  public EventLoopGroup onServer(boolean useNative) {
    return loops.onServer(false);
  }

  @Override
  public EventLoopGroup onServerSelect(boolean useNative) {
    return loops.onServerSelect(false);
  }

  @Override
  public boolean daemon() {
    return loops.daemon();
  }

  @Override
  public void dispose() {
    loops.dispose();
  }

  @Override
  public boolean isDisposed() {
    return loops.isDisposed();
  }

  @Override
  public Mono<Void> disposeLater() {
    return loops.disposeLater();
  }

  @Override
  public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
    return loops.disposeLater(quietPeriod, timeout);
  }
}
