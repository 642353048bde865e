package io.expressgateway.xdp.golden;

import io.expressgateway.xdp.model.Endpoint;
import io.expressgateway.xdp.model.Flow;
import io.expressgateway.xdp.model.FlowKey;
import io.expressgateway.xdp.model.FlowState;
import io.expressgateway.xdp.model.HashOn;
import io.expressgateway.xdp.model.Maps;
import io.expressgateway.xdp.model.Mode;
import io.expressgateway.xdp.model.Table;
import io.expressgateway.xdp.model.Vip;
import io.expressgateway.xdp.model.VipKey;
import io.expressgateway.xdp.packet.Packet;
import io.expressgateway.xdp.packet.Protocol;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A VIP with two endpoints: the first is reached through the interface that packets come in by, the
 * second through another one. The lower half of its Maglev table is the first one's.
 */
record Service(
    int id,
    Mode mode,
    HashOn hashOn,
    String address,
    int port,
    int protocol,
    List<String> endpoints,
    int endpointPort) {

  /** The test run's own interface, and one that stands for any other. */
  static final int HERE = 1;

  static final int ELSEWHERE = 7;

  static final String OWN_MAC = "02000000b001";
  private static final String NEXT_HOP_MAC = "02000000e00";
  private static final int GENERATION = 100;
  private static final int HALF = Table.SLOTS / 2;

  static String hex(String address) {
    return HexFormat.of().formatHex(Packet.address(address));
  }

  /** The index of its first or second endpoint. */
  int index(int which) {
    return id * 2 + which;
  }

  String nextHopMac(int which) {
    return NEXT_HOP_MAC + (which + 1);
  }

  VipKey key() {
    return new VipKey(VipKey.wide(hex(address)), port, protocol);
  }

  Vip vip() {
    return new Vip(id, mode, hashOn, true, false);
  }

  Endpoint endpoint(int which) {
    String outer = address.contains(":") ? World.OUTER_6 : World.OUTER_4;
    return new Endpoint(
        GENERATION + index(which),
        true,
        true,
        mode,
        VipKey.wide(hex(endpoints.get(which))),
        mode == Mode.NAT ? endpointPort : port,
        nextHopMac(which),
        OWN_MAC,
        which == 0 ? HERE : ELSEWHERE,
        0,
        1500,
        id,
        VipKey.wide(hex(address)),
        port,
        protocol,
        VipKey.wide(hex(outer)));
  }

  /** All slots are this endpoint's. */
  Table only(int which) {
    return new Table(
        "only" + index(which), List.of(new Table.Range(0, Table.SLOTS - 1, index(which))));
  }

  Table halves() {
    return new Table(
        "halves" + id,
        List.of(
            new Table.Range(0, HALF - 1, index(0)),
            new Table.Range(HALF, Table.SLOTS - 1, index(1))));
  }

  /** Its entries in all maps. */
  void addTo(Maps maps) {
    maps.vips.put(key(), vip());
    if (mode == Mode.PASS || mode == Mode.DROP) {
      return;
    }
    maps.tables.put(id * 2, halves());
    for (int which = 0; which < 2; which++) {
      Endpoint endpoint = endpoint(which);
      maps.endpoints.put(index(which), endpoint);
      if (mode == Mode.NAT) {
        VipKey from = new VipKey(endpoint.address(), endpoint.port(), protocol);
        List<Integer> shared = new ArrayList<>(maps.replies.getOrDefault(from, List.of()));
        shared.add(index(which));
        maps.replies.put(from, shared);
      }
    }
  }

  FlowKey flowKey(String client, int clientPort) {
    return new FlowKey(hex(client), hex(address), clientPort, port, protocol);
  }

  /** A flow of the client whose frames carry no tag. */
  Flow flow(int which, FlowState state) {
    return new Flow(
        index(which),
        GENERATION + index(which),
        state,
        0,
        0,
        HERE,
        Packet.CLIENT_MAC,
        Packet.GATEWAY_MAC,
        false);
  }

  /** A flow that the relay owns. */
  Flow passed() {
    return new Flow(
        Flow.NO_ENDPOINT,
        id,
        FlowState.PASS,
        0,
        0,
        HERE,
        Packet.CLIENT_MAC,
        Packet.GATEWAY_MAC,
        false);
  }

  boolean isTcp() {
    return protocol == Protocol.TCP;
  }

  String client() {
    return address.contains(":") ? World.CLIENT_6 : World.CLIENT_4;
  }

  FlowKey flowKey() {
    return flowKey(client(), World.CLIENT_PORT);
  }

  /** The state of a flow of which client and endpoint have spoken. */
  FlowState live() {
    return isTcp() ? FlowState.ESTABLISHED : FlowState.UDP;
  }

  /** A client's packet as it reaches the gateway; the flags are TCP's alone. */
  Packet request(int flags) {
    return packet(client(), World.CLIENT_PORT, address, port, flags);
  }

  /** The same under NAT on its way to an endpoint. */
  Packet delivered(int which, int flags) {
    return packet(client(), World.CLIENT_PORT, endpoints.get(which), endpointPort, flags)
        .ttl(63)
        .macs(OWN_MAC, nextHopMac(which));
  }

  /** An endpoint's answer under NAT as it reaches the gateway. */
  Packet reply(int which, int flags) {
    return packet(endpoints.get(which), endpointPort, client(), World.CLIENT_PORT, flags)
        .macs(nextHopMac(which), OWN_MAC);
  }

  /** The same on its way to the client. */
  Packet returned(int flags) {
    return packet(address, port, client(), World.CLIENT_PORT, flags)
        .ttl(63)
        .macs(Packet.GATEWAY_MAC, Packet.CLIENT_MAC);
  }

  private Packet packet(String source, int sourcePort, String target, int targetPort, int flags) {
    return isTcp()
        ? Packet.tcp(source, sourcePort, target, targetPort, flags)
        : Packet.udp(source, sourcePort, target, targetPort);
  }
}
