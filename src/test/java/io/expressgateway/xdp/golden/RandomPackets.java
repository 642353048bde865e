package io.expressgateway.xdp.golden;

import io.expressgateway.xdp.packet.Packet;
import io.expressgateway.xdp.packet.Protocol;
import io.expressgateway.xdp.packet.Segment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Frames that might arrive in the {@link World}: requests, replies, ICMP and strangers, from few
 * clients and ports so that they meet each other's flows; a part of them bent, cut or drawn out.
 */
final class RandomPackets {

  /** Among them an endpoint, and VIPs: packets that seem to come from their own destination. */
  static final List<String> CLIENTS =
      List.of(
          "198.51.100.7",
          "198.51.100.8",
          "198.51.100.200",
          "192.0.2.1",
          "10.0.0.1",
          "203.0.113.1",
          "2001:db8:c::7",
          "2001:db8:c::8",
          "2001:db8:d::1",
          "2001:db8:e::1",
          "2001:db8:f::1");

  static final int[] PORTS = {40001, 40002, 0, 443, 65535};

  private static final int[] FLAGS = {
    Segment.SYN,
    Segment.SYN | Segment.ACK,
    Segment.ACK,
    Segment.ACK,
    Segment.ACK | 0x08,
    Segment.FIN | Segment.ACK,
    Segment.RST,
    Segment.RST | Segment.ACK,
    Segment.SYN | Segment.FIN,
    0,
    0xff
  };

  private final RandomGenerator random;

  RandomPackets(RandomGenerator random) {
    this.random = random;
  }

  byte[] next() {
    byte[] frame = packet().frame();
    return oneIn(4) ? bent(frame) : frame;
  }

  private boolean oneIn(int count) {
    return random.nextInt(count) == 0;
  }

  private Packet packet() {
    Service service = World.ALL.get(random.nextInt(World.ALL.size()));
    Packet packet =
        switch (random.nextInt(10)) {
          case 0, 1, 2 -> reply(service);
          case 3 -> stranger(service);
          case 4 -> error(service);
          default -> request(service);
        };
    dress(packet, service.address().contains(":"));
    return packet;
  }

  private Packet request(Service service) {
    return transport(
        service, client(service), port(), service.address(), oneIn(20) ? port() : service.port());
  }

  private Packet reply(Service service) {
    String endpoint = service.endpoints().get(random.nextInt(2));
    int from = oneIn(20) ? port() : service.endpointPort();
    return transport(service, endpoint, from, client(service), port());
  }

  private Packet stranger(Service service) {
    if (oneIn(2)) {
      int[] protocols = {Protocol.IPIP, Protocol.IPV6, 47, 50, Protocol.AUTHENTICATION, 132, 255};
      byte[] body = new byte[random.nextInt(60)];
      random.nextBytes(body);
      int protocol = protocols[random.nextInt(protocols.length)];
      return Packet.raw(client(service), service.address(), protocol, body);
    }
    return transport(service, client(service), port(), client(service), port());
  }

  /** An ICMP message, most often an error about a packet of either direction. */
  private Packet error(Service service) {
    boolean isVersion6 = service.address().contains(":");
    Packet quoted = oneIn(2) ? request(service) : reply(service);
    if (oneIn(3)) {
      quoted = transport(service, service.address(), service.port(), client(service), port());
    } else if (oneIn(2)) {
      String endpoint = service.endpoints().get(random.nextInt(2));
      quoted = transport(service, client(service), port(), endpoint, service.endpointPort());
    }
    byte[] ip = quoted.ip();
    byte[] body = oneIn(3) ? Arrays.copyOf(ip, random.nextInt(ip.length)) : ip;
    int size = isVersion6 ? 16 : 4;
    byte[] receiver = Arrays.copyOfRange(ip, isVersion6 ? 8 : 12, (isVersion6 ? 8 : 12) + size);
    String to = oneIn(15) ? client(service) : literal(receiver);
    List<String> senders =
        List.of(client(service), service.endpoints().get(random.nextInt(2)), service.address());
    int[] types = isVersion6 ? new int[] {1, 2, 3, 4, 128, 135} : new int[] {3, 11, 12, 8, 0, 5};
    return Packet.icmp(
        senders.get(random.nextInt(3)),
        to,
        types[random.nextInt(types.length)],
        random.nextInt(5),
        random.nextInt(1500),
        body);
  }

  private static String literal(byte[] address) {
    try {
      return InetAddress.getByAddress(address).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private Packet transport(Service service, String from, int fromPort, String to, int toPort) {
    byte[] payload = new byte[random.nextInt(oneIn(10) ? 1400 : 40)];
    random.nextBytes(payload);
    boolean isTcp = service.isTcp() != oneIn(20);
    if (isTcp) {
      int flags = FLAGS[random.nextInt(FLAGS.length)];
      return Packet.tcp(from, fromPort, to, toPort, flags).payload(payload);
    }
    Packet datagram = Packet.udp(from, fromPort, to, toPort).payload(payload);
    return oneIn(5) ? datagram.unsummed() : datagram;
  }

  private String client(Service service) {
    boolean isVersion6 = service.address().contains(":");
    List<String> fitting =
        CLIENTS.stream().filter(client -> client.contains(":") == isVersion6).toList();
    return fitting.get(random.nextInt(fitting.size()));
  }

  private int port() {
    return PORTS[random.nextInt(PORTS.length)];
  }

  private void dress(Packet packet, boolean isVersion6) {
    packet.ttl(oneIn(10) ? random.nextInt(4) : 1 + random.nextInt(255));
    packet.trafficClass(random.nextInt(256)).identification(random.nextInt(0x10000));
    if (oneIn(4)) {
      packet.macs("02000000c0" + (10 + random.nextInt(80)), Packet.GATEWAY_MAC);
    }
    int tags = oneIn(3) ? random.nextInt(4) : 0;
    for (int i = 0; i < tags; i++) {
      int type = oneIn(2) ? Protocol.ETHER_VLAN : Protocol.ETHER_QINQ;
      packet.tag(type, oneIn(4) ? 0 : random.nextInt(0x10000));
    }
    if (oneIn(6)) {
      packet.trailer(random.nextInt(20));
    }
    if (isVersion6) {
      extend(packet);
    } else {
      if (oneIn(6)) {
        packet.options(new byte[4 * random.nextInt(11)]);
      }
      if (oneIn(6)) {
        int[] fragments = {0, 0x2000, 0x4000, 0x8000, 0x0001, 0x2005};
        packet.fragment(fragments[random.nextInt(fragments.length)]);
      }
    }
  }

  private void extend(Packet packet) {
    int[] types = {
      Protocol.HOP_BY_HOP,
      Protocol.ROUTING,
      Protocol.DESTINATION_OPTIONS,
      Protocol.FRAGMENT,
      Protocol.AUTHENTICATION
    };
    int count = oneIn(3) ? random.nextInt(7) : 0;
    for (int i = 0; i < count; i++) {
      int type = types[random.nextInt(types.length)];
      packet.extension(type, type == Protocol.FRAGMENT ? 1 : 1 + random.nextInt(5));
    }
  }

  /** Some bytes changed, most of them in the headers; or the end moved. */
  byte[] bent(byte[] frame) {
    byte[] bent = frame.clone();
    int changes = random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(Math.min(bent.length, oneIn(3) ? 1500 : 80));
      bent[at] = (byte) (oneIn(2) ? random.nextInt(256) : bent[at] ^ 1 << random.nextInt(8));
    }
    return switch (random.nextInt(3)) {
      case 0 -> Arrays.copyOf(bent, 14 + random.nextInt(Math.max(1, bent.length - 14)));
      case 1 -> Arrays.copyOf(bent, bent.length + random.nextInt(30));
      default -> bent;
    };
  }
}
