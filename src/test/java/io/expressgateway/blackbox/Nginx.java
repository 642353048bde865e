package io.expressgateway.blackbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** nginx as an endpoint: static files of three sizes, a chunked one, and a place for uploads. */
final class Nginx implements AutoCloseable {

  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/sbin/nginx"), Path.of("/usr/local/sbin/nginx"), Path.of("/usr/bin/nginx"));

  static final int LARGE_BYTES = 100 * 1024 * 1024;

  private final Process process;
  private final Path files;
  private final int port;

  private Nginx(Process process, Path files, int port) {
    this.process = process;
    this.files = files;
    this.port = port;
  }

  /** Whether nginx is installed. */
  static boolean isInstalled() {
    return PLACES.stream().anyMatch(Files::isExecutable);
  }

  /** Starts one below {@code directory}. */
  static Nginx start(Path directory) throws IOException {
    int port = FreePort.choose();
    Path files = Files.createDirectories(directory.resolve("files"));
    Files.createDirectories(directory.resolve("logs"));
    Files.writeString(files.resolve("small.txt"), "small\n");
    Files.write(files.resolve("10k.bin"), pattern(10 * 1024));
    Files.write(files.resolve("large.bin"), pattern(LARGE_BYTES));
    Files.writeString(files.resolve("chunked.txt"), "a line of text\n".repeat(20_000));
    Files.writeString(directory.resolve("nginx.conf"), configuration(directory, port));
    Path program = PLACES.stream().filter(Files::isExecutable).findFirst().orElseThrow();
    Process process =
        new ProcessBuilder(
                program.toString(),
                "-p",
                directory.toString(),
                "-c",
                directory.resolve("nginx.conf").toString(),
                "-g",
                "daemon off;")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("nginx.log").toFile())
            .start();
    Nginx nginx = new Nginx(process, files, port);
    Awaitility.await("nginx listens").atMost(Duration.ofSeconds(20)).until(nginx::isListening);
    return nginx;
  }

  /** Bytes of which every position tells where it is. */
  static byte[] pattern(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i % 251);
    }
    return bytes;
  }

  // A server-side include has no length that is known ahead, so that file goes out in chunks.
  private static String configuration(Path directory, int port) {
    String user = System.getProperty("user.name").equals("root") ? "user root;\n" : "";
    return user
        + """
        worker_processes 1;
        pid %1$s/nginx.pid;
        error_log %1$s/logs/error.log;
        events { worker_connections 256; }
        http {
          access_log off;
          client_body_temp_path %1$s/logs;
          proxy_temp_path %1$s/logs;
          fastcgi_temp_path %1$s/logs;
          uwsgi_temp_path %1$s/logs;
          scgi_temp_path %1$s/logs;
          client_max_body_size 200m;
          server {
            listen 127.0.0.1:%2$d;
            root %1$s/files;
            location /chunked.txt { ssi on; ssi_types text/plain; }
            location /connection { return 200 "$connection $connection_requests"; }
            location /upload { dav_methods PUT; create_full_put_path on; }
          }
        }
        """
            .formatted(directory, port);
  }

  private boolean isListening() {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  /** What was uploaded as {@code /upload/NAME}. */
  Path uploaded(String name) {
    return files.resolve("upload").resolve(name);
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
