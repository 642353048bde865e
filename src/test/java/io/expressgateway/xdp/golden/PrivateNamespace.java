package io.expressgateway.xdp.golden;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A network namespace with a loopback interface and nothing else, and the one thread that lives in
 * it: a program's test run sees the routes and sockets of the thread that asks for it. It is gone
 * when closed.
 */
final class PrivateNamespace implements AutoCloseable {

  private static final int CLONE_NEWNET = 0x40000000;

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("private-namespace").factory());

  PrivateNamespace() {
    run(() -> {
      enter();
      command("ip", "link", "set", "lo", "up");
      return true;
    });
  }

  /** Runs it inside and waits. */
  <T> T run(Callable<T> task) {
    try {
      return thread.submit(task).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs a command from the calling thread, so inside when called by {@link #run}. */
  static void command(String... words) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IllegalStateException(String.join(" ", words) + ": " + output);
    }
  }

  // A test may call the C library, as surefire's --enable-native-access says.
  @SuppressWarnings("restricted")
  private static void enter() {
    Linker linker = Linker.nativeLinker();
    MethodHandle unshare =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("unshare"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    int answer;
    try {
      answer = (int) unshare.invokeExact(CLONE_NEWNET);
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
    if (answer != 0) {
      throw new IllegalStateException("unshare: not permitted");
    }
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
