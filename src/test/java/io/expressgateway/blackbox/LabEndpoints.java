package io.expressgateway.blackbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * What endpoints of a {@link NetworkLab} serve: nginx, an echo over TCP and UDP that says its name,
 * and iperf3. Under NAT on their own addresses and ports; with direct server return on the VIP's.
 */
final class LabEndpoints {

  static final int HTTP = 80;
  static final int ECHO = 7000;
  static final int IPERF = 5201;
  static final int FILE_BYTES = 1_000_000;

  /** Under NAT, ports that are not the VIP's. */
  private static final int SHIFT = 8000;

  private final NetworkLab lab;
  private final Path directory;
  private final boolean isDirect;

  LabEndpoints(NetworkLab lab, Path directory, boolean isDirect) {
    this.lab = lab;
    this.directory = directory;
    this.isDirect = isDirect;
  }

  /** The port on which an endpoint serves what the VIP has on this one. */
  int port(int vipPort) {
    return isDirect ? vipPort : vipPort + SHIFT;
  }

  void start() {
    if (isDirect) {
      lab.returnDirectly();
    }
    for (String machine : List.of(NetworkLab.ONE, NetworkLab.TWO)) {
      start(machine);
    }
  }

  /** Starts everything on one endpoint; answers the echo. */
  NetworkLab.Talk start(String machine) {
    String four = isDirect ? NetworkLab.VIP_4 : NetworkLab.endpoint(machine, false);
    String six = isDirect ? NetworkLab.VIP_6 : NetworkLab.endpoint(machine, true);
    NetworkLab.Talk echo = startEcho(machine);
    for (String address : List.of(four, six)) {
      String port = Integer.toString(port(IPERF));
      lab.start(machine, "iperf3", "--forceflush", "-s", "-B", address, "-p", port)
          .await("listening");
    }
    lab.start(machine, "nginx", "-p", directory.toString(), "-c", nginx(machine, four, six));
    Awaitility.await("nginx listens")
        .atMost(Duration.ofSeconds(20))
        .until(() -> Files.exists(directory.resolve(machine + ".pid")));
    return echo;
  }

  /** The echo over TCP and UDP; ended by itself, it is a killed endpoint. */
  NetworkLab.Talk startEcho(String machine) {
    String four = isDirect ? NetworkLab.VIP_4 : NetworkLab.endpoint(machine, false);
    String six = isDirect ? NetworkLab.VIP_6 : NetworkLab.endpoint(machine, true);
    String port = Integer.toString(port(ECHO));
    return lab.start(machine, "python3", script("echo.py"), machine, port, four, six)
        .await("ready");
  }

  static String script(String name) {
    return Path.of("src/test/xdp", name).toAbsolutePath().toString();
  }

  private String nginx(String machine, String four, String six) {
    int port = port(HTTP);
    String configuration =
        """
        daemon off;
        master_process off;
        user root;
        pid %1$s/%2$s.pid;
        error_log %1$s/%2$s.error;
        events { }
        http {
          access_log off;
          server {
            listen %3$s:%5$d;
            listen [%4$s]:%5$d;
            root %1$s;
            location = /name { return 200 "%2$s\\n"; }
          }
        }
        """
            .formatted(directory, machine, four, six, port);
    try {
      Files.write(directory.resolve("file"), new byte[FILE_BYTES]);
      return Files.writeString(directory.resolve(machine + ".conf"), configuration).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
