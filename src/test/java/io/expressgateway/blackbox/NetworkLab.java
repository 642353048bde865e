package io.expressgateway.blackbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Four machines in network namespaces of their own: a client, the gateway with a VIP, and two
 * endpoints. On one switch, so that endpoints can answer the client directly and the gateway sends
 * out of the interface that it receives by; or each on a cable of its own to the gateway, which
 * routes between them. Gone without a trace when closed.
 */
final class NetworkLab implements AutoCloseable {

  static final String VIP_4 = "10.9.9.1";
  static final String VIP_6 = "fd09:9::1";
  static final String CLIENT = "client";
  static final String GATEWAY = "gateway";
  static final String ONE = "one";
  static final String TWO = "two";
  private static final String SWITCH = "switch";
  private static final List<String> MACHINES = List.of(CLIENT, GATEWAY, ONE, TWO);

  private final String prefix = "eg" + ProcessHandle.current().pid() + "-";
  private final List<String> namespaces = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();
  private final Path directory;
  private @Nullable Path bpffs;

  private NetworkLab(Path directory) {
    this.directory = directory;
  }

  /** All on one switch: interface eth0 everywhere. */
  static NetworkLab switched(Path directory) {
    NetworkLab lab = new NetworkLab(directory);
    lab.add(SWITCH);
    lab.ip(SWITCH, "link add br0 type bridge");
    lab.ip(SWITCH, "link set br0 up");
    for (String machine : MACHINES) {
      lab.add(machine);
      lab.cable(machine, "eth0", SWITCH, machine);
      lab.ip(SWITCH, "link set " + machine + " master br0");
    }
    lab.address(GATEWAY, "eth0", 0, 1);
    lab.address(GATEWAY, "eth0", 1, 1);
    lab.address(GATEWAY, "eth0", 2, 1);
    lab.complete();
    // What a veth sends back where it came from waits for a program at the other end.
    lab.attachCompanion(SWITCH, GATEWAY);
    return lab;
  }

  /** Each on a cable to the gateway, whose interfaces have the names of the machines. */
  static NetworkLab routed(Path directory) {
    NetworkLab lab = new NetworkLab(directory);
    MACHINES.forEach(lab::add);
    int network = 0;
    for (String machine : List.of(CLIENT, ONE, TWO)) {
      lab.cable(machine, "eth0", GATEWAY, machine);
      lab.address(GATEWAY, machine, network++, 1);
    }
    lab.complete();
    return lab;
  }

  /** An endpoint's own address: 10.9.1.2 and 10.9.2.2, fd09:1::2 and fd09:2::2. */
  static String endpoint(String machine, boolean isVersion6) {
    int network = machine.equals(ONE) ? 1 : 2;
    return isVersion6 ? "fd09:" + network + "::2" : "10.9." + network + ".2";
  }

  /** What packets come in by. The VIP is on none of them, so that they have to be named. */
  List<String> gatewayInterfaces() {
    return namespaces.contains(SWITCH) ? List.of("eth0") : List.of(CLIENT, ONE, TWO);
  }

  private void add(String machine) {
    namespaces.add(machine);
    command("ip", "netns", "add", prefix + machine);
    ip(machine, "link set lo up");
    inside(
        machine,
        "sysctl",
        "-qw",
        "net.ipv6.conf.default.accept_dad=0",
        "net.ipv6.conf.all.forwarding=" + (machine.equals(GATEWAY) ? 1 : 0),
        "net.ipv4.ip_forward=" + (machine.equals(GATEWAY) ? 1 : 0),
        "net.ipv4.conf.all.rp_filter=0",
        "net.ipv4.conf.default.rp_filter=0");
  }

  /**
   * What sends into a cable must compute its check sums itself, and the far end of an interface
   * with a native program must have NAPI: docs/guide/xdp.md tells why.
   */
  private void cable(String machine, String name, String far, String farName) {
    ip(machine, "link add " + name + " type veth peer name " + farName + " netns " + prefix + far);
    ip(machine, "link set " + name + " up");
    ip(far, "link set " + farName + " up");
    inside(machine, "ethtool", "-K", name, "tx", "off", "gro", "on");
    inside(far, "ethtool", "-K", farName, "tx", "off", "gro", "on");
  }

  private void address(String machine, String name, int network, int host) {
    ip(machine, "addr add 10.9." + network + "." + host + "/24 dev " + name);
    ip(machine, "addr add fd09:" + network + "::" + host + "/64 dev " + name + " nodad");
  }

  private void complete() {
    int network = 0;
    for (String machine : List.of(CLIENT, ONE, TWO)) {
      address(machine, "eth0", network, 2);
      ip(machine, "route add default via 10.9." + network + ".1");
      ip(machine, "route add default via fd09:" + network + "::1");
      network++;
    }
    addVip(GATEWAY);
  }

  private void addVip(String machine) {
    ip(machine, "addr add " + VIP_4 + "/32 dev lo");
    ip(machine, "addr add " + VIP_6 + "/128 dev lo nodad");
  }

  /** Endpoints have the VIP, tell nobody, and reach the client without the gateway. */
  void returnDirectly() {
    for (String machine : List.of(ONE, TWO)) {
      inside(
          machine,
          "sysctl",
          "-qw",
          "net.ipv4.conf.all.arp_ignore=1",
          "net.ipv4.conf.all.arp_announce=2");
      addVip(machine);
      ip(machine, "route add 10.9.0.0/24 dev eth0");
      ip(machine, "route add fd09:0::/64 dev eth0");
    }
  }

  /** Endpoints take outer headers off that have any of the gateway's addresses. */
  void openTunnels() {
    for (String machine : List.of(ONE, TWO)) {
      Path pins = attachCompanion(machine, "eth0");
      open(pins, 96 + 16, "0 0 0 0 0 0 0 0 0 0 0xff 0xff 10 9 0 0");
      open(pins, 16, "0xfd 0x09 0 0 0 0 0 0 0 0 0 0 0 0 0 0");
    }
  }

  private static void open(Path pins, int prefix, String address) {
    Path map = pins.resolve("gateways");
    String words = "bpftool map update pinned %s key %d 0 0 0 %s value 1 0 0 0";
    command(words.formatted(map, prefix, address).split(" "));
  }

  /**
   * Puts the endpoints' program on an interface, where it passes all that is no tunnel it knows.
   */
  private Path attachCompanion(String machine, String device) {
    String object = Path.of("target/classes/bpf/decapsulate.bpf.o").toAbsolutePath().toString();
    Path pins = bpffs().resolve(machine);
    String directory = pins.toString();
    command("bpftool", "prog", "loadall", object, directory, "pinmaps", directory);
    String program = pins.resolve("decapsulate").toString();
    inside(machine, "bpftool", "net", "attach", "xdpdrv", "pinned", program, "dev", device);
    return pins;
  }

  /** Another program has one of the gateway's interfaces. */
  void occupy(String device) {
    attachCompanion(GATEWAY, device);
  }

  /** It has it no more. */
  void vacate(String device) {
    inside(GATEWAY, "bpftool", "net", "detach", "xdpdrv", "dev", device);
  }

  /** A bpf file system of this lab's; {@code ip netns exec} hides the machine's own. */
  Path bpffs() {
    if (bpffs == null) {
      try {
        bpffs = Files.createTempDirectory(directory, "bpf");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      command("mount", "-t", "bpf", "bpf", bpffs.toString());
    }
    return bpffs;
  }

  private void ip(String machine, String words) {
    inside(machine, ("ip " + words).split(" "));
  }

  private List<String> words(String machine, String... words) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", prefix + machine));
    all.addAll(Arrays.asList(words));
    return all;
  }

  /** Runs a command inside to its end and answers its output; it has to succeed. */
  String inside(String machine, String... words) {
    return command(words(machine, words).toArray(new String[0]));
  }

  private static String command(String... words) {
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", words) + ": " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Starts a command inside that stays until it is told or the lab is closed. */
  Talk start(String machine, String... words) {
    try {
      Path log = Files.createTempFile(directory, machine, ".log");
      Process process =
          new ProcessBuilder(words(machine, words))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      processes.add(process);
      return new Talk(process, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the jar on the gateway and waits until it is ready. */
  GatewayJar gateway(Path configuration) {
    List<String> java =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "-jar",
            GatewayJar.jar().toString(),
            configuration.toString());
    GatewayJar started =
        GatewayJar.launchCommand(directory, words(GATEWAY, java.toArray(new String[0])));
    started.awaitReady();
    return started;
  }

  /** A process inside and what it says. */
  record Talk(Process process, Path log) {

    String said() {
      try {
        return Files.readString(log);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Talk await(String what) {
      Awaitility.await(what)
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> said().contains(what) || !process.isAlive());
      if (!said().contains(what)) {
        throw new AssertionError("no \"" + what + "\" in: " + said());
      }
      return this;
    }

    /** Ends its standard input and gives back all that it said. */
    String finish() {
      try {
        process.getOutputStream().close();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
          throw new AssertionError("does not end; it said: " + said());
        }
        return said();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    void kill() {
      process.destroyForcibly();
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
    for (Process process : processes) {
      process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
    for (String machine : namespaces) {
      command("ip", "netns", "del", prefix + machine);
    }
    if (bpffs != null) {
      command("umount", bpffs.toString());
    }
  }
}
