package io.expressgateway.xdp.golden;

import io.expressgateway.xdp.model.HashOn;
import io.expressgateway.xdp.model.Mode;
import io.expressgateway.xdp.packet.Protocol;
import java.util.List;

/** Who is who in the golden packets and in the fuzz: documentation addresses throughout. */
final class World {

  static final String CLIENT_4 = "198.51.100.7";
  static final String CLIENT_6 = "2001:db8:c::7";
  static final int CLIENT_PORT = 40001;

  /** Outer source addresses of encapsulated packets. */
  static final String OUTER_4 = "10.0.0.254";

  static final String OUTER_6 = "2001:db8:e::fe";

  private static final List<String> ENDPOINTS_4 = List.of("10.0.0.1", "10.0.0.2");
  private static final List<String> ENDPOINTS_6 = List.of("2001:db8:e::1", "2001:db8:e::2");

  static final Service NAT_TCP_4 = service(1, Mode.NAT, "203.0.113.1", 443, Protocol.TCP);
  static final Service NAT_UDP_4 = service(2, Mode.NAT, "203.0.113.1", 53, Protocol.UDP);
  static final Service NAT_TCP_6 = service(3, Mode.NAT, "2001:db8:f::1", 443, Protocol.TCP);
  static final Service NAT_UDP_6 = service(4, Mode.NAT, "2001:db8:f::1", 53, Protocol.UDP);
  static final Service IPIP_TCP_4 = service(5, Mode.DSR_IPIP, "203.0.113.2", 443, Protocol.TCP);
  static final Service IPIP_UDP_4 = service(6, Mode.DSR_IPIP, "203.0.113.2", 53, Protocol.UDP);
  static final Service IPIP_TCP_6 = service(7, Mode.DSR_IPIP, "2001:db8:f::2", 443, Protocol.TCP);
  static final Service IPIP_UDP_6 = service(8, Mode.DSR_IPIP, "2001:db8:f::2", 53, Protocol.UDP);
  static final Service L2_TCP_4 = service(9, Mode.DSR_L2, "203.0.113.3", 443, Protocol.TCP);
  static final Service L2_UDP_6 = service(10, Mode.DSR_L2, "2001:db8:f::3", 53, Protocol.UDP);
  static final Service PASSED = service(11, Mode.PASS, "203.0.113.4", 443, Protocol.TCP);
  static final Service DROPPED = service(12, Mode.DROP, "203.0.113.5", 443, Protocol.TCP);

  /** Chooses by the client's address alone. */
  static final Service BY_SOURCE =
      service(13, Mode.NAT, HashOn.SOURCE, "203.0.113.6", 443, Protocol.TCP, ENDPOINTS_4, 9443);

  /** Chooses by QUIC connection ID. */
  static final Service QUIC =
      service(
          14, Mode.NAT, HashOn.CONNECTION_ID, "203.0.113.7", 443, Protocol.UDP, ENDPOINTS_4, 4433);

  /** Has the endpoints of {@link #NAT_TCP_4}, so that a reply has two candidates. */
  static final Service SHARED =
      service(15, Mode.NAT, HashOn.TUPLE, "203.0.113.8", 443, Protocol.TCP, ENDPOINTS_4, 8443);

  static final List<Service> ALL =
      List.of(
          NAT_TCP_4,
          NAT_UDP_4,
          NAT_TCP_6,
          NAT_UDP_6,
          IPIP_TCP_4,
          IPIP_UDP_4,
          IPIP_TCP_6,
          IPIP_UDP_6,
          L2_TCP_4,
          L2_UDP_6,
          PASSED,
          DROPPED,
          BY_SOURCE,
          QUIC,
          SHARED);

  private World() {}

  private static Service service(int id, Mode mode, String address, int port, int protocol) {
    List<String> endpoints = address.contains(":") ? ENDPOINTS_6 : ENDPOINTS_4;
    int endpointPort = protocol == Protocol.TCP ? 8443 : 5353;
    return service(id, mode, HashOn.TUPLE, address, port, protocol, endpoints, endpointPort);
  }

  private static Service service(
      int id,
      Mode mode,
      HashOn hashOn,
      String address,
      int port,
      int protocol,
      List<String> endpoints,
      int endpointPort) {
    return new Service(id, mode, hashOn, address, port, protocol, endpoints, endpointPort);
  }
}
