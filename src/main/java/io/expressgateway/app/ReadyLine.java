package io.expressgateway.app;

import io.expressgateway.net.HostPort;
import io.expressgateway.plane.DataPlane;
import io.expressgateway.snapshot.Snapshot;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.stream.Collectors;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ApplicationContext;

/** The line that says that everything is bound, with the real ports. */
final class ReadyLine {

  private ReadyLine() {}

  static String of(DataPlane dataPlane, ApplicationContext context) {
    String listeners =
        dataPlane.listeners().stream()
            .map(listener -> listener.name() + "=" + text(listener.address()))
            .collect(Collectors.joining(","));
    Snapshot snapshot = dataPlane.snapshot();
    return "ready listeners="
        + listeners
        + " management="
        + management(context)
        + " snapshot="
        + (snapshot == null ? 0 : snapshot.version());
  }

  private static String management(ApplicationContext context) {
    if (context instanceof ReactiveWebServerApplicationContext web) {
      WebServer server = web.getWebServer();
      String host = context.getEnvironment().getProperty("server.address", "0.0.0.0");
      return server == null ? "off" : new HostPort(host, server.getPort()).toString();
    }
    return "off";
  }

  private static String text(InetSocketAddress address) {
    InetAddress host = address.getAddress();
    String name;
    if (host == null) {
      name = address.getHostString();
    } else if (host.isAnyLocalAddress()) {
      name = host.getAddress().length == 4 ? "0.0.0.0" : "::";
    } else {
      name = host.getHostAddress();
    }
    return new HostPort(name, address.getPort()).toString();
  }
}
