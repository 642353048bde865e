package io.expressgateway.loop;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import java.util.ArrayList;

/**
 * Netty's epoll handler with two habits of its own.
 *
 * <p>Sockets stay registered while they are open. Netty 4.2.18 takes a socket that is interested in
 * nothing out of the epoll set and then modifies an entry that is no longer there: {@code
 * epoll_ctl} fails with ENOENT and the channel is closed with whatever it had still to write. A
 * socket comes to that after its peer's FIN, when reading stops: a half-closed tunnel, a slow
 * reader of a last response. Here such a socket keeps an entry that asks for nothing but an edge,
 * so that only errors and hang-ups are told.
 *
 * <p>Interests are told to the kernel once a turn, before it is asked for events, and only when
 * they differ from what it knows: nothing can arrive in between. A connection that is relayed needs
 * 6 calls of {@code epoll_ctl} instead of 10. Confined to the event loop.
 */
final class SteadyEpoll implements IoHandler {

  private final IoHandler epoll;
  private final ArrayList<Registration> changed = new ArrayList<>();

  private SteadyEpoll(IoHandler epoll) {
    this.epoll = epoll;
  }

  static IoHandlerFactory newFactory() {
    IoHandlerFactory factory = EpollIoHandler.newFactory();
    return executor -> new SteadyEpoll(factory.newHandler(executor));
  }

  @Override
  public void initialize() {
    epoll.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    tellChanges();
    return epoll.run(context);
  }

  private void tellChanges() {
    // What fails closes its channel, which may change other ones.
    for (int i = 0; i < changed.size(); i++) {
      changed.get(i).tell();
    }
    changed.clear();
  }

  @Override
  public void prepareToDestroy() {
    epoll.prepareToDestroy();
  }

  @Override
  public void destroy() {
    epoll.destroy();
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return new Registration(epoll.register(handle), handle);
  }

  @Override
  public void wakeup() {
    epoll.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return epoll.isCompatible(handleType);
  }

  private final class Registration implements IoRegistration {

    /** Not in the epoll set yet. */
    private static final int NOTHING = 0;

    private final IoRegistration kernel;
    private final IoHandle handle;
    private int known = NOTHING;
    private int wanted = NOTHING;
    private boolean isWaiting;

    Registration(IoRegistration kernel, IoHandle handle) {
      this.kernel = kernel;
      this.handle = handle;
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // Netty declares it so
    public <T> T attachment() {
      return kernel.attachment();
    }

    @Override
    public long submit(IoOps ops) {
      int value = ((EpollIoOps) ops).value();
      wanted = value == NOTHING && known != NOTHING ? EpollIoOps.EPOLLET.value() : value;
      if (wanted != known && !isWaiting) {
        isWaiting = true;
        changed.add(this);
      }
      return value;
    }

    void tell() {
      isWaiting = false;
      if (wanted == known || !kernel.isValid()) {
        return;
      }
      try {
        kernel.submit(EpollIoOps.valueOf(wanted));
        known = wanted;
      } catch (RuntimeException refused) {
        // The kernel does not take the socket: it would never be heard of again.
        closeQuietly();
      }
    }

    private void closeQuietly() {
      try {
        handle.close();
      } catch (Exception alreadyClosed) {
        kernel.cancel();
      }
    }

    @Override
    public boolean isValid() {
      return kernel.isValid();
    }

    @Override
    public boolean cancel() {
      return kernel.cancel();
    }
  }
}
