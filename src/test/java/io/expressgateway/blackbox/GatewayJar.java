package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * One process of the packaged jar. Ports are the system's choice and read from the ready line; the
 * process is ended by SIGTERM to its own id, and by force when the test forgets or that fails.
 */
final class GatewayJar implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Duration END_LIMIT = Duration.ofSeconds(60);
  private static final Pattern READY =
      Pattern.compile("ready listeners=(\\S*) management=(\\S+) snapshot=(\\d+)");

  /** How a process ended. */
  record Ended(int exit, List<String> out, List<String> err) {

    String lastLine() {
      return out.isEmpty() ? "" : out.getLast();
    }

    String errors() {
      return String.join("\n", err);
    }
  }

  private final Process process;
  private final List<String> out = new CopyOnWriteArrayList<>();
  private final List<String> err = new CopyOnWriteArrayList<>();
  private final List<Thread> readers = new ArrayList<>();

  private GatewayJar(Process process) {
    this.process = process;
    readers.add(read(process.getInputStream(), out));
    readers.add(read(process.getErrorStream(), err));
  }

  private static Thread read(InputStream stream, List<String> lines) {
    return Thread.ofVirtual()
        .start(() -> {
          try (BufferedReader reader =
              new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            reader.lines().forEach(lines::add);
          } catch (IOException | UncheckedIOException e) {
            lines.add("(" + e + ")");
          }
        });
  }

  /** The jar that is tested. */
  static Path jar() {
    String path = System.getProperty("expressgateway.jar");
    assertThat(path).as("system property expressgateway.jar, set by the build").isNotNull();
    return Path.of(path).toAbsolutePath();
  }

  /** A configuration file of this text. */
  static Path file(Path directory, String yaml) {
    try {
      return Files.writeString(Files.createTempFile(directory, "gateway", ".yaml"), yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the jar and waits for its ready line; management is on a port of the system's. */
  static GatewayJar start(Path file, String... properties) {
    List<String> arguments =
        new ArrayList<>(List.of(file.toString(), "--management.server.port=0"));
    arguments.addAll(Arrays.asList(properties));
    GatewayJar started = launch(file.toAbsolutePath().getParent(), arguments);
    started.awaitReady();
    return started;
  }

  /** Starts the jar with exactly these arguments in this directory, and does not wait. */
  static GatewayJar launch(Path directory, List<String> arguments) {
    // What a short-lived process on a shared machine wants; the flags in config/jvm.options are
    // for one that stays.
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-jar",
                jar().toString()));
    command.addAll(arguments);
    return launchCommand(directory, command);
  }

  /** Starts this command, which runs the jar in some other way, in this directory. */
  static GatewayJar launchCommand(Path directory, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("EXPRESSGATEWAY_"));
    builder.environment().keySet().removeIf(name -> name.startsWith("SPRING_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    try {
      return new GatewayJar(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs the jar with exactly these arguments to its end. */
  static Ended run(Path directory, String... arguments) {
    try (GatewayJar started = launch(directory, List.of(arguments))) {
      return started.awaitEnd();
    }
  }

  /** Waits for the ready line. */
  void awaitReady() {
    try {
      Awaitility.await("the ready line")
          .atMost(START_LIMIT)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> ready() != null || !process.isAlive());
    } finally {
      if (ready() == null) {
        process.destroyForcibly();
      }
    }
    assertThat(ready()).as("ready line in\n%s\n%s", out, err).isNotNull();
  }

  private Matcher ready() {
    for (String line : out) {
      Matcher ready = READY.matcher(line);
      if (ready.matches()) {
        return ready;
      }
    }
    return null;
  }

  /** The ready line as printed. */
  String readyLine() {
    return ready().group();
  }

  /** Where a listener listens, reached over loopback. */
  InetSocketAddress listener(String name) {
    for (String part : ready().group(1).split(",", -1)) {
      if (part.startsWith(name + "=")) {
        return loopback(part.substring(name.length() + 1));
      }
    }
    throw new AssertionError("no listener " + name + " in " + readyLine());
  }

  /** A URI on a listener. */
  URI on(String listener, String target) {
    return URI.create("http://127.0.0.1:" + listener(listener).getPort() + target);
  }

  /** A URI on the management port. */
  URI management(String target) {
    return URI.create("http://127.0.0.1:" + loopback(ready().group(2)).getPort() + target);
  }

  private static InetSocketAddress loopback(String hostPort) {
    int port = Integer.parseInt(hostPort.substring(hostPort.lastIndexOf(':') + 1));
    return new InetSocketAddress("127.0.0.1", port);
  }

  /** Standard output so far. */
  List<String> out() {
    return out;
  }

  long pid() {
    return process.pid();
  }

  /** Sends SIGTERM, once, and does not wait. */
  void terminate() {
    // Not Process.destroy(), which also closes the pipes that the last line comes through.
    process.toHandle().destroy();
  }

  /** Sends a signal by its name without SIG. */
  void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the end of the process. */
  Ended awaitEnd() {
    try {
      boolean ended = process.waitFor(END_LIMIT.toSeconds(), TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      assertThat(ended).as("the process ends; it said\n%s\n%s", out, err).isTrue();
      for (Thread reader : readers) {
        reader.join(Duration.ofSeconds(10));
      }
      return new Ended(process.exitValue(), List.copyOf(out), List.copyOf(err));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** SIGTERM and the end. */
  Ended stop() {
    terminate();
    return awaitEnd();
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      terminate();
      try {
        // A second request ends the waits of a drain.
        if (!process.waitFor(500, TimeUnit.MILLISECONDS)) {
          terminate();
        }
        process.waitFor(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      process.destroyForcibly();
    }
  }
}
