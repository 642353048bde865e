package io.expressgateway.app;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at certificates and keys once a second and has them read again when they have changed. By
 * polling, because Java's watch service follows no symbolic link and cannot watch a file that is
 * not there yet. On a thread of its own.
 *
 * <p>A change between the first reading of a file and the first look at it, a second later at the
 * start, is not seen: SIGUSR1 or the next change is.
 */
final class FileWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);

  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("file-watch").factory());
  private final FileChanges changes = new FileChanges();
  private final Supplier<Set<Path>> files;
  private final Runnable onChange;

  /**
   * @param files what is watched at the moment
   * @param onChange called on the watching thread; must not block for long
   */
  FileWatch(Supplier<Set<Path>> files, Runnable onChange) {
    this.files = files;
    this.onChange = onChange;
  }

  /** Watches until {@link #close}. */
  void start() {
    look();
    clock.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
  }

  private void look() {
    try {
      if (changes.look(files.get())) {
        LOG.info("certificates or keys have changed on disk: reading them again");
        onChange.run();
      }
    } catch (RuntimeException failure) {
      LOG.error("looking at certificates failed, they are looked at again", failure);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
