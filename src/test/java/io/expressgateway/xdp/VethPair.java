package io.expressgateway.xdp;

import io.expressgateway.snapshot.VipSpec;
import io.expressgateway.xdp.layout.FlowKey;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two interfaces that are joined, for programs to be attached to. No packet leaves the machine: the
 * addresses are of the range for benchmarks (RFC 2544), and neighbours are told, not sought.
 */
final class VethPair implements AutoCloseable {

  static final String ENDPOINT_A = "198.18.77.2";
  static final String ENDPOINT_B = "198.18.77.3";
  static final String VIP = "198.18.77.1";

  final String name;
  final String peer;

  private VethPair(String name, String peer) {
    this.name = name;
    this.peer = peer;
  }

  /** Makes them; fails where this process may not. */
  static VethPair create() {
    long pid = ProcessHandle.current().pid() % 100_000;
    VethPair pair = new VethPair("egt" + pid + "a", "egt" + pid + "b");
    ip("link", "add", pair.name, "type", "veth", "peer", "name", pair.peer);
    ip("addr", "add", VIP + "/24", "dev", pair.name);
    ip("link", "set", pair.peer, "up");
    ip("link", "set", pair.name, "up");
    pair.neighbour(ENDPOINT_A, "02:00:00:00:00:0a");
    pair.neighbour(ENDPOINT_B, "02:00:00:00:00:0b");
    return pair;
  }

  void neighbour(String address, String mac) {
    ip("neigh", "replace", address, "lladdr", mac, "dev", name, "nud", "permanent");
  }

  static void run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes());
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command + ": " + said);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(command.toString(), e);
    }
  }

  private static void ip(String... arguments) {
    java.util.ArrayList<String> command = new java.util.ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    run(command);
  }

  @Override
  public void close() {
    ip("link", "del", name);
  }

  /** A relay with these UDP sessions, and with TCP connections or none. */
  static RelaySessions relayOf(List<FlowKey> sessions, boolean hasTcp) {
    return new RelaySessions() {
      @Override
      public List<FlowKey> udp(VipSpec vip) {
        return List.copyOf(sessions);
      }

      @Override
      public boolean hasTcp(VipSpec vip) {
        return hasTcp;
      }
    };
  }

  /** The words of a listener, for whoever wants to see them. */
  static final class Heard implements XdpListener {

    final List<String> said = new java.util.concurrent.CopyOnWriteArrayList<>();

    @Override
    public void onAttached(
        String interfaceName, io.expressgateway.xdp.kernel.AttachMode mode, String reason) {
      said.add("attached " + interfaceName + " " + mode.text() + " " + reason);
    }

    @Override
    public void onOff(String reason) {
      said.add("off " + reason);
    }

    @Override
    public void onVipPassed(String vip, String reason) {
      said.add("passed " + vip + " " + reason);
    }

    @Override
    public void onGate(boolean closed) {
      said.add("gate " + (closed ? "closed" : "open"));
    }

    @Override
    public void onEvent(io.expressgateway.xdp.layout.EventRecord event) {
      said.add("event " + event.reason());
    }

    @Override
    public void onFailure(String what, @Nullable Throwable failure) {
      said.add("failure " + what + " " + failure);
    }
  }
}
