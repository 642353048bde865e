package io.expressgateway.stream;

import io.expressgateway.net.OutOfMemory;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes pipes larger than the kernel does: fcntl(2) with F_SETPIPE_SZ, for which Netty has no call.
 * A pipe of 64 KiB has places for 16 pages, and bytes that begin within a page fill them with less;
 * four times as many save a quarter of what bulk costs.
 */
final class PipeSize {

  private static final Logger LOG = LoggerFactory.getLogger(PipeSize.class);

  /** As a pipe has it by default (pipe(7)). */
  static final int DEFAULT = 64 * 1024;

  private static final int LARGE = 256 * 1024;

  /** Of Linux (linux/fcntl.h). */
  private static final int F_SETPIPE_SZ = 1031;

  private static final AtomicBoolean IS_BEGUN = new AtomicBoolean();
  private static volatile @Nullable MethodHandle fcntl;

  private PipeSize() {}

  /** Begins to link the call, which takes a tenth of a second, on a thread of its own. */
  static void prepare() {
    if (IS_BEGUN.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("pipe-size").start(PipeSize::link);
    }
  }

  @SuppressWarnings("restricted") // the jar and the README's commands allow native access
  private static void link() {
    try {
      Linker linker = Linker.nativeLinker();
      fcntl =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("fcntl"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT),
              Linker.Option.firstVariadicArg(2));
    } catch (Throwable notHere) {
      OutOfMemory.haltOn(notHere);
      LOG.debug("pipes keep their size", notHere);
    }
  }

  /** Whether pipes can be made larger by now. */
  static boolean isReady() {
    return fcntl != null;
  }

  /** Makes a pipe larger if the kernel lets this user; its size then. On any thread. */
  static int grow(int pipe) {
    MethodHandle call = fcntl;
    if (call == null) {
      return DEFAULT;
    }
    try {
      return Math.max(DEFAULT, (int) call.invokeExact(pipe, F_SETPIPE_SZ, LARGE));
    } catch (Throwable impossible) {
      OutOfMemory.haltOn(impossible);
      return DEFAULT;
    }
  }
}
