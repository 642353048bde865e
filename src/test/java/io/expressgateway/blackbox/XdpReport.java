package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the gateway of a {@link NetworkLab} says about its kernel path. */
final class XdpReport {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final JsonNode xdp;

  private XdpReport(JsonNode xdp) {
    this.xdp = xdp;
  }

  static XdpReport of(NetworkLab lab) {
    return new XdpReport(JSON.readTree(get(lab, "/api/v1/xdp")));
  }

  /** A page of the gateway's management port. */
  static String get(NetworkLab lab, String path) {
    return lab.inside(NetworkLab.GATEWAY, "curl", "-sS", "http://127.0.0.1:9090" + path);
  }

  /** Changes something; the answer's body and, behind a blank, its status. */
  static String post(NetworkLab lab, String path) {
    return lab.inside(
        NetworkLab.GATEWAY,
        "curl",
        "-sS",
        "-X",
        "POST",
        "-H",
        "Content-Type: application/json",
        "-w",
        " %{http_code}",
        "http://127.0.0.1:9090" + path);
  }

  static double bitsPerSecond(String iperf) {
    return JSON.readTree(iperf).path("end").path("sum_received").path("bits_per_second").asDouble();
  }

  void assertAttached(String mode) {
    assertThat(xdp.path("interfaces")).as("%s", xdp).isNotEmpty();
    for (JsonNode each : xdp.path("interfaces")) {
      assertThat(each.path("mode").asString()).as("%s", xdp).isEqualTo(mode);
    }
  }

  /** The mode of a listener's new flows. */
  String mode(String listener) {
    return vip(listener).path("mode").asString();
  }

  /** Flows of a listener that the kernel has entered. */
  long newFlows(String listener) {
    return vip(listener).path("newFlows").asLong();
  }

  private JsonNode vip(String listener) {
    for (JsonNode each : xdp.path("vips")) {
      if (each.path("name").asString().equals(listener)) {
        return each;
      }
    }
    throw new AssertionError("no " + listener + " in " + xdp);
  }

  @Override
  public String toString() {
    return xdp.toPrettyString();
  }
}
