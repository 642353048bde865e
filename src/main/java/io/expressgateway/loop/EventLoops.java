package io.expressgateway.loop;

import io.expressgateway.net.OutOfMemory;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * The event loops of the process, each a thread and a group of its own. Whoever makes them closes
 * them, after everything that runs on them. Any thread.
 */
public final class EventLoops implements AutoCloseable {

  /** Time between two calls of what {@link #everyTick} was given. */
  public static final long TICK_MILLIS = 50;

  private final Transport transport;
  private final List<EventLoopGroup> groups = new ArrayList<>();
  private final Bootstrap client;

  private EventLoops(int count, Transport transport) {
    this.transport = transport;
    for (int i = 0; i < count; i++) {
      groups.add(transport.newLoop("gateway-" + i));
    }
    client =
        new Bootstrap()
            .channel(transport.socketChannel())
            .resolver(NameResolution.resolvers(transport.datagramChannel()))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true);
  }

  /**
   * Starts loops.
   *
   * @param count 0 for one per core
   * @param transport {@code auto}, {@code epoll}, {@code io_uring} or {@code nio}
   * @throws IllegalArgumentException when the transport cannot be had
   */
  public static EventLoops create(int count, String transport) {
    int loops = count > 0 ? count : Runtime.getRuntime().availableProcessors();
    return new EventLoops(loops, Transport.of(transport));
  }

  /** How many there are. */
  public int size() {
    return groups.size();
  }

  /** The kernel interface that all use. */
  public Transport transport() {
    return transport;
  }

  /** The loop at {@code index}, 0 to {@link #size} - 1. */
  public EventLoop loop(int index) {
    return groups.get(index).next();
  }

  /** The group that is this loop alone. */
  EventLoopGroup group(int index) {
    return groups.get(index);
  }

  /** What connections to endpoints start from: a copy, without loop and handler. */
  public Bootstrap client() {
    return client.clone();
  }

  /**
   * Calls {@code tick} on the loop every {@link #TICK_MILLIS} with a number that grows by one,
   * until the loop ends. What it throws goes to {@code contained} and ends nothing.
   */
  public void everyTick(int index, IntConsumer tick, Consumer<Throwable> contained) {
    Runnable task =
        new Runnable() {
          private int turn;

          @Override
          public void run() {
            try {
              tick.accept(turn++);
            } catch (Throwable t) {
              OutOfMemory.haltOn(t);
              contained.accept(t);
            }
          }
        };
    loop(index).scheduleAtFixedRate(task, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Runs something on each loop and waits, at most a second, until all have. */
  public void onEach(IntConsumer task) {
    CountDownLatch ran = new CountDownLatch(size());
    for (int i = 0; i < size(); i++) {
      int index = i;
      loop(i)
          .execute(() -> {
            try {
              task.accept(index);
            } finally {
              ran.countDown();
            }
          });
    }
    try {
      ran.await(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the loops and whatever is still open on them; waits at most three seconds. */
  @Override
  public void close() {
    // What was asked of a loop before is done before it is told to stop.
    onEach(index -> {});
    // What io_uring was asked to read comes back, cancelled, a turn after its channel has closed.
    long quietMillis = transport == Transport.IO_URING ? 100 : 0;
    for (EventLoopGroup group : groups) {
      group.shutdownGracefully(quietMillis, 2_000, TimeUnit.MILLISECONDS);
    }
    for (EventLoopGroup group : groups) {
      group.terminationFuture().awaitUninterruptibly(3, TimeUnit.SECONDS);
    }
  }
}
