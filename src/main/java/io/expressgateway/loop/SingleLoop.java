package io.expressgateway.loop;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import reactor.netty.resources.LoopResources;

/**
 * Loop resources that are one given event loop, so that one Reactor Netty server runs on it alone.
 */
final class SingleLoop implements LoopResources {

  private final EventLoopGroup loop;
  private final Transport transport;

  SingleLoop(EventLoopGroup loop, Transport transport) {
    this.loop = loop;
    this.transport = transport;
  }

  @Override
  public EventLoopGroup onServer(boolean useNative) {
    return loop;
  }

  @Override
  public EventLoopGroup onServerSelect(boolean useNative) {
    return loop;
  }

  @Override
  public EventLoopGroup onClient(boolean useNative) {
    return loop;
  }

  @Override
  @SuppressWarnings(
      "unchecked") // the class is the transport's implementation of the type asked for
  public <C extends Channel> Class<? extends C> onChannelClass(
      Class<C> channelType, EventLoopGroup group) {
    return (Class<? extends C>) transport.channelFor(channelType);
  }

  @Override
  public <C extends Channel> C onChannel(Class<C> channelType, EventLoopGroup group) {
    try {
      return onChannelClass(channelType, group).getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make a channel of " + transport.text(), e);
    }
  }
}
