package io.expressgateway.config.compile;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.config.Problems;
import io.expressgateway.config.properties.ListenerProperties;
import io.expressgateway.config.properties.XdpProperties;
import io.expressgateway.net.Cidr;
import io.expressgateway.net.IpLiteral;
import io.expressgateway.snapshot.VipSpec;
import io.expressgateway.snapshot.XdpSpec;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is forwarded in the kernel, as written to what the packet path is told. Confined to the
 * thread that compiles.
 */
public final class XdpCompiler {

  private static final String KEY = "expressgateway.xdp";

  /** IFNAMSIZ without its zero byte, and what dev_valid_name() of the kernel refuses. */
  private static final Pattern INTERFACE = Pattern.compile("[^/:\\s]{1,15}");

  private final Problems problems;

  /** Reports to {@code problems}. */
  public XdpCompiler(Problems problems) {
    this.problems = problems;
  }

  /** What is forwarded; an element that has a problem is left out. */
  public XdpSpec compile(
      XdpProperties xdp, List<ListenerProperties> listeners, List<ClusterSpec> clusters) {
    List<VipSpec> vips = new VipCompiler(problems, clusters).compile(listeners);
    checkInterfaces(xdp.interfaces());
    return new XdpSpec(
        switch (xdp.enabled()) {
          case "true" -> XdpSpec.Use.ON;
          case "off" -> XdpSpec.Use.OFF;
          default -> XdpSpec.Use.AUTO;
        },
        XdpSpec.Mode.valueOf(xdp.mode().toUpperCase(Locale.ROOT)),
        xdp.interfaces(),
        networks(KEY + ".deny", xdp.deny()),
        networks(KEY + ".allow", xdp.allow()),
        xdp.newFlowsPerSecond(),
        xdp.newFlowsPerSource(),
        xdp.flowsV4(),
        xdp.flowsV6(),
        pinDirectory(xdp.pinDirectory()),
        address(KEY + ".encapsulation-source-v4", xdp.encapsulationSourceV4(), 4),
        address(KEY + ".encapsulation-source-v6", xdp.encapsulationSourceV6(), 16),
        xdp.eventSample(),
        vips);
  }

  private void checkInterfaces(List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      if (!INTERFACE.matcher(names.get(i)).matches()) {
        problems.refuse(
            KEY + ".interfaces[" + i + "]",
            names.get(i),
            "is no name of a network interface",
            "write a name that `ip link` lists, as in eth0");
      }
    }
  }

  private List<Cidr> networks(String key, List<String> texts) {
    List<Cidr> networks = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      try {
        networks.add(Cidr.parse(texts.get(i)));
      } catch (IllegalArgumentException malformed) {
        problems.refuse(
            key + "[" + i + "]",
            texts.get(i),
            String.valueOf(malformed.getMessage()),
            "write a network, as in 10.0.0.0/8");
      }
    }
    return networks;
  }

  private @Nullable String pinDirectory(@Nullable String written) {
    if (written != null && !written.startsWith("/")) {
      problems.refuse(
          KEY + ".pin-directory",
          written,
          "is no absolute path",
          "write a directory on a bpf file system, as in /sys/fs/bpf/expressgateway");
      return null;
    }
    return written;
  }

  private @Nullable InetAddress address(String key, @Nullable String written, int length) {
    if (written == null) {
      return null;
    }
    byte @Nullable [] bytes = IpLiteral.parse(written);
    if (bytes == null || bytes.length != length) {
      problems.refuse(
          key,
          written,
          "is no IPv" + (length == 4 ? "4" : "6") + " address",
          "write an address that endpoints may see as the sender");
      return null;
    }
    return IpLiteral.address(bytes);
  }
}
