package io.expressgateway.blackbox;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The gateway's configuration in a {@link NetworkLab}: every service of the endpoints, twice. */
final class LabConfiguration {

  private final String interfaces;
  private final LabEndpoints endpoints;
  private final String mode;
  private final String attach;
  private String healthCheck = "";
  private String pins = "";

  LabConfiguration(NetworkLab lab, LabEndpoints endpoints, String mode, String attach) {
    this.interfaces = String.join(", ", lab.gatewayInterfaces());
    this.endpoints = endpoints;
    this.mode = mode;
    this.attach = attach;
  }

  LabConfiguration healthChecked() {
    healthCheck =
        ", health-check: { type: tcp, interval: 100ms, timeout: 100ms, unhealthy-threshold: 2,"
            + " healthy-threshold: 1 }";
    return this;
  }

  LabConfiguration pinnedTo(Path bpffs) {
    pins = ", pin-directory: " + bpffs;
    return this;
  }

  Path write(Path directory) {
    return GatewayJar.file(directory, text());
  }

  String text() {
    StringBuilder listeners = new StringBuilder();
    StringBuilder clusters = new StringBuilder();
    for (boolean isVersion6 : new boolean[] {false, true}) {
      add(listeners, clusters, "http", "tcp", LabEndpoints.HTTP, isVersion6);
      add(listeners, clusters, "iperf", "tcp", LabEndpoints.IPERF, isVersion6);
      add(listeners, clusters, "echo", "tcp", LabEndpoints.ECHO, isVersion6);
      add(listeners, clusters, "datagrams", "udp", LabEndpoints.ECHO, isVersion6);
    }
    return """
    management: { server: { port: 9090, address: 127.0.0.1 } }
    expressgateway:
      drain: { settle: 0s, timeout: 2s }
      xdp: { enabled: true, interfaces: [%s], mode: %s%s }
      listeners:
    %s  clusters:
    %s\
    """
        .formatted(interfaces, attach.equals("off") ? "auto" : attach, pins, listeners, clusters);
  }

  private void add(
      StringBuilder listeners,
      StringBuilder clusters,
      String service,
      String protocol,
      int port,
      boolean isVersion6) {
    String name = service + (isVersion6 ? "6" : "4");
    String vip = isVersion6 ? "[" + NetworkLab.VIP_6 + "]" : NetworkLab.VIP_4;
    String kernel = mode.equals("off") ? "" : ", xdp: " + mode;
    listeners.append(
        "    - { name: %s, bind: \"%s:%d\", protocol: %s, cluster: %s%s }%n"
            .formatted(name, vip, port, protocol, name, kernel));
    List<String> addresses =
        Stream.of(NetworkLab.ONE, NetworkLab.TWO)
            .map(machine -> NetworkLab.endpoint(machine, isVersion6))
            .map(address -> isVersion6 ? "[" + address + "]" : address)
            .map(address -> "{ address: \"%s:%d\" }".formatted(address, endpoints.port(port)))
            .toList();
    String check = protocol.equals("tcp") ? healthCheck : "";
    // Both of iperf3's connections have to meet the same endpoint.
    String balancer = service.equals("iperf") ? ", balancer: maglev, hash-on: source-ip" : "";
    clusters.append(
        "    - { name: %s, protocol: %s, endpoints: %s%s%s }%n"
            .formatted(name, protocol, addresses, balancer, check));
  }
}
