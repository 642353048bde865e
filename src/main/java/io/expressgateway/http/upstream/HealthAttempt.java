package io.expressgateway.http.upstream;

import io.expressgateway.net.OutOfMemory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One check on a connection of its own, of which it is the last handler. It tells its verdict
 * exactly once; whoever hears it closes the connection. Confined to the prober's event loop.
 */
abstract class HealthAttempt extends ChannelInboundHandlerAdapter {

  private final Consumer<Boolean> verdict;
  private @Nullable ScheduledFuture<?> deadline;
  private boolean ended;

  HealthAttempt(Consumer<Boolean> verdict) {
    this.verdict = verdict;
  }

  /** Fails the check unless it has ended by then. */
  void limit(EventLoop loop, int millis) {
    deadline = loop.schedule(() -> end(false), millis, TimeUnit.MILLISECONDS);
  }

  /** Whether the verdict is told. */
  boolean hasEnded() {
    return ended;
  }

  /** Ends the check; a no-op when it has ended. */
  void end(boolean success) {
    if (ended) {
      return;
    }
    ended = true;
    if (deadline != null) {
      deadline.cancel(false);
    }
    verdict.accept(success);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end(false);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    OutOfMemory.haltOn(cause);
    end(false);
  }
}
