package io.expressgateway.xdp.model;

import io.expressgateway.xdp.packet.Protocol;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * ICMP errors about packets of a flow. One about a reply goes to the endpoint, one about a client's
 * packet goes to the client; under NAT each side finds its own addresses in it.
 */
final class IcmpErrors {

  private static final HexFormat HEX = HexFormat.of();

  private final Maps maps;

  IcmpErrors(Maps maps) {
    this.maps = maps;
  }

  /** Where the quoted packet begins, and its tuple as its own answer would have it. */
  private record Quoted(int network, int transport, FlowKey turned) {}

  Answer steer(Frame frame) {
    Quoted quoted = frame.isMalformed ? null : read(frame);
    if (quoted == null) {
      return GatewayModel.pass(frame, Reason.ICMP_OTHER);
    }
    if (frame.hops <= 1) {
      return GatewayModel.pass(frame, Reason.TTL);
    }
    Flow flow = maps.flows.get(quoted.turned);
    if (flow != null) {
      return toEndpoint(frame, quoted, flow);
    }
    Answered answered = Answered.find(maps, quoted.turned);
    Endpoint endpoint = answered.endpoint();
    if (endpoint == null || answered.client() == null) {
      return GatewayModel.pass(frame, Reason.ICMP_OTHER);
    }
    return toClient(frame, quoted, endpoint, maps.flows.get(answered.client()));
  }

  private static boolean isError(int type, boolean isVersion4) {
    return isVersion4 ? type == 3 || type == 11 || type == 12 : type >= 1 && type <= 4;
  }

  private static Quoted read(Frame frame) {
    int network = frame.transport + 8;
    int size = frame.isVersion4 ? 4 : 16;
    int least = frame.isVersion4 ? 20 : 40;
    if (network + least > frame.bytes.length
        || !isError(frame.u8(frame.transport), frame.isVersion4)) {
      return null;
    }
    int headerBytes = frame.isVersion4 ? (frame.u8(network) & 15) * 4 : 40;
    boolean isLater = frame.isVersion4 && (frame.u16(network + 6) & 0x1fff) != 0;
    int transport = network + headerBytes;
    int protocol = frame.u8(network + (frame.isVersion4 ? 9 : 6));
    boolean isKnown = protocol == Protocol.TCP || protocol == Protocol.UDP;
    if (headerBytes < 20 || isLater || transport + 8 > frame.bytes.length || !isKnown) {
      return null;
    }
    int addresses = network + (frame.isVersion4 ? 12 : 8);
    String source = frame.hex(addresses, addresses + size);
    int receiver = frame.network + (frame.isVersion4 ? 12 : 8) + size;
    if (!source.equals(frame.hex(receiver, receiver + size))) {
      // An error goes to whoever sent the packet that it quotes.
      return null;
    }
    String destination = frame.hex(addresses + size, addresses + 2 * size);
    int from = frame.u16(transport);
    int to = frame.u16(transport + 2);
    return new Quoted(network, transport, new FlowKey(destination, source, to, from, protocol));
  }

  private Answer toEndpoint(Frame frame, Quoted quoted, Flow flow) {
    Endpoint endpoint = maps.endpoints.get(flow.endpoint());
    boolean isLive =
        endpoint != null && endpoint.isAlive() && endpoint.generation() == flow.generation();
    if (flow.state() == FlowState.PASS || !isLive) {
      return GatewayModel.pass(frame, Reason.ICMP_OTHER);
    }
    byte[] packet = Writing.lowered(frame);
    if (GatewayModel.isNat(endpoint)) {
      int outer = setAddress(packet, 0, frame.isVersion4, false, endpoint.address());
      setQuoted(frame, packet, quoted, true, endpoint.address(), endpoint.port(), outer);
    }
    return GatewayModel.send(frame, packet, endpoint, Reason.ICMP_ERROR);
  }

  private static Answer toClient(Frame frame, Quoted quoted, Endpoint endpoint, Flow flow) {
    byte[] packet = Writing.lowered(frame);
    int at = frame.network + (frame.isVersion4 ? 12 : 8);
    String sender = frame.hex(at, at + (frame.isVersion4 ? 4 : 16));
    int outer = 0;
    if (VipKey.wide(sender).equals(endpoint.address())) {
      outer = setAddress(packet, 0, frame.isVersion4, true, endpoint.vipAddress());
    }
    setQuoted(frame, packet, quoted, false, endpoint.vipAddress(), endpoint.vipPort(), outer);
    Link link = Link.towardsClient(flow);
    return new Answer(link.verdict(), Reason.ICMP_ERROR, Writing.framed(link, packet));
  }

  /** Sets an address of the IP header there, and its check sum; what a sum over it changes by. */
  private static int setAddress(
      byte[] packet, int header, boolean isVersion4, boolean isSource, String address) {
    int size = isVersion4 ? 4 : 16;
    int at = header + (isVersion4 ? 12 : 8) + (isSource ? 0 : size);
    byte[] fresh = HEX.parseHex(VipKey.narrow(address));
    int delta = Delta.of(HEX.formatHex(packet, at, at + size), HEX.formatHex(fresh));
    System.arraycopy(fresh, 0, packet, at, size);
    if (isVersion4) {
      Writing.change(packet, header + 10, delta);
    }
    return delta;
  }

  /** Changes the quoted packet, and the message's check sum by all that changed. */
  private static void setQuoted(
      Frame frame,
      byte[] packet,
      Quoted quoted,
      boolean isSource,
      String address,
      int port,
      int outerDelta) {
    byte[] before = packet.clone();
    int message = frame.transport - frame.network;
    int transport = quoted.transport - frame.network;
    int portAt = transport + (isSource ? 0 : 2);
    int addresses =
        setAddress(packet, quoted.network - frame.network, frame.isVersion4, isSource, address);
    int all = Delta.add(addresses, Delta.of(Writing.short16(packet, portAt), port));
    packet[portAt] = (byte) (port >>> 8);
    packet[portAt + 1] = (byte) port;
    boolean isTcp = quoted.turned.protocol() == Protocol.TCP;
    int sumAt = transport + (isTcp ? 16 : 6);
    if (sumAt + 2 <= packet.length && (isTcp || Writing.short16(packet, sumAt) != 0)) {
      Writing.change(packet, sumAt, all);
      if (!isTcp && Writing.short16(packet, sumAt) == 0) {
        packet[sumAt] = (byte) 0xff;
        packet[sumAt + 1] = (byte) 0xff;
      }
    }
    int delta = frame.isVersion4 ? 0 : outerDelta;
    for (int at = message; at + 2 <= packet.length; at += 2) {
      if (!Arrays.equals(before, at, at + 2, packet, at, at + 2)) {
        delta =
            Delta.add(delta, Delta.of(Writing.short16(before, at), Writing.short16(packet, at)));
      }
    }
    Writing.change(packet, message + 2, delta);
  }
}
