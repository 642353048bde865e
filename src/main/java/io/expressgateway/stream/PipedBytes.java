package io.expressgateway.stream;

import io.netty.channel.FileRegion;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.function.Consumer;

/**
 * What waits in a pipe for a socket that takes no more, as a message in the channel's queue: its
 * place among other messages, another try when the socket is ready, and what a failed write means
 * are Netty's. It goes from the pipe to the socket, not by the byte channel that Netty offers.
 * Confined to the event loop.
 */
final class PipedBytes extends AbstractReferenceCounted implements FileRegion {

  private final Pipe pipe;
  private final FileDescriptor socket;
  private final long count;
  private final Consumer<Pipe> whenDone;

  /**
   * @param whenDone called once, when everything was sent or never will be
   */
  PipedBytes(Pipe pipe, FileDescriptor socket, Consumer<Pipe> whenDone) {
    this.pipe = pipe;
    this.socket = socket;
    this.count = pipe.waiting();
    this.whenDone = whenDone;
  }

  @Override
  public long transferTo(WritableByteChannel target, long position) throws IOException {
    return pipe.drain(socket);
  }

  @Override
  protected void deallocate() {
    whenDone.accept(pipe);
  }

  @Override
  public long position() {
    return 0;
  }

  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester") // the name of the interface
  public long transfered() {
    return transferred();
  }

  @Override
  public long transferred() {
    return count - pipe.waiting();
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public FileRegion retain() {
    super.retain();
    return this;
  }

  @Override
  public FileRegion retain(int increment) {
    super.retain(increment);
    return this;
  }

  @Override
  public FileRegion touch() {
    return this;
  }

  @Override
  public FileRegion touch(Object hint) {
    return this;
  }
}
