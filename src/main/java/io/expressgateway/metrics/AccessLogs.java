package io.expressgateway.metrics;

import io.expressgateway.http.AccessLog;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.ListenerSpec.AccessLogSpec;
import io.expressgateway.stream.FlowLog;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The access logs of all listeners. Listeners that name the same path share one writer. An event
 * loop formats its line and copies it into a ring of bytes; when that is full the line is dropped
 * and counted.
 */
public final class AccessLogs implements Function<ListenerSpec, AccessLog>, AutoCloseable {

  private static final String STDOUT = "stdout";

  private final Function<String, OutputStream> opener;

  // Guarded by this.
  private final Map<String, LogWriter> writers = new TreeMap<>();

  /** Logs to files and standard output. */
  public AccessLogs() {
    this(AccessLogs::open);
  }

  /** Logs to what {@code opener} gives for a path. */
  AccessLogs(Function<String, OutputStream> opener) {
    this.opener = opener;
  }

  /**
   * Checks a listener's {@code access-log.format}. Any thread.
   *
   * @throws IllegalArgumentException with a sentence for the operator when it is wrong
   */
  public static void checkFormat(String format) {
    if (!format.equals("off")) {
      AccessLogFormat.of(format);
    }
  }

  /**
   * The log of a listener; not on an event loop.
   *
   * @throws IllegalArgumentException when the format is wrong
   * @throws UncheckedIOException when the file cannot be opened
   */
  @Override
  public AccessLog apply(ListenerSpec listener) {
    ListenerLog log = log(listener);
    return log == null ? AccessLog.NONE : log;
  }

  /** The log of a relay's listener, as {@link #apply}. */
  public FlowLog flows(ListenerSpec listener) {
    ListenerLog log = log(listener);
    return log == null ? FlowLog.NONE : log;
  }

  private @Nullable ListenerLog log(ListenerSpec listener) {
    AccessLogSpec spec = listener.accessLog();
    if (spec.format().equals("off") || spec.sample() <= 0) {
      return null;
    }
    // Said here and not on the first request of a loop, where it is parsed again.
    AccessLogFormat.of(spec.format());
    return new ListenerLog(spec, writer(spec.path()));
  }

  private synchronized LogWriter writer(String path) {
    return writers.computeIfAbsent(path, key -> new LogWriter(key, opener.apply(key)));
  }

  private static OutputStream open(String path) {
    if (path.equals(STDOUT)) {
      return new FilterOutputStream(System.out) {
        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
          out.write(bytes, from, length);
        }

        @Override
        public void close() throws IOException {
          flush();
        }
      };
    }
    try {
      return new FileOutputStream(Path.of(path).toFile(), true);
    } catch (IOException e) {
      throw new UncheckedIOException("access log " + path + " cannot be opened: " + e, e);
    }
  }

  /** Lines dropped since start, by path. */
  public synchronized Map<String, Long> dropped() {
    Map<String, Long> counts = new TreeMap<>();
    writers.forEach((path, writer) -> counts.put(path, writer.dropped()));
    return counts;
  }

  /** Writes what is left and closes the files. */
  @Override
  public synchronized void close() {
    writers.values().forEach(LogWriter::close);
    writers.clear();
  }
}
