package io.expressgateway.xdp.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;

/**
 * The model's records as the bytes that {@code bpf/layout.h} declares, on a little-endian machine.
 * Written from that file, not from the product's codecs, which it also tests.
 */
public final class Records {

  private static final HexFormat HEX = HexFormat.of();
  private static final int MAX_SHARED = 4;

  private Records() {}

  public static byte[] index(int index) {
    return record(4).putInt(index).array();
  }

  /** A 64-bit value. */
  public static byte[] bits(long bits) {
    return record(8).putLong(bits).array();
  }

  public static byte[] flowKey(FlowKey key) {
    ByteBuffer out = record(key.isVersion4() ? 16 : 40);
    hex(out, key.source());
    hex(out, key.destination());
    port(out, key.sourcePort());
    port(out, key.destinationPort());
    return out.put((byte) key.protocol()).array();
  }

  public static FlowKey flowKey(byte[] bytes) {
    int size = bytes.length == 16 ? 4 : 16;
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return new FlowKey(
        HEX.formatHex(bytes, 0, size),
        HEX.formatHex(bytes, size, size * 2),
        in.getShort(size * 2) & 0xffff,
        in.getShort(size * 2 + 2) & 0xffff,
        bytes[size * 2 + 4] & 0xff);
  }

  public static byte[] flow(Flow flow) {
    ByteBuffer out = record(32);
    out.putShort((short) flow.endpoint()).putShort((short) flow.clientInnerVlan());
    out.putInt(flow.generation()).putInt(0);
    out.put((byte) flow.state().ordinal()).put((byte) (flow.isServiceTagged() ? 1 : 0));
    out.putShort((short) flow.clientVlan());
    hex(out, flow.clientMac());
    hex(out, flow.gatewayMac());
    return out.putInt(flow.clientInterface()).array();
  }

  /** A flow's bytes in hex, with its time of last use left open. */
  public static String flowPattern(Flow flow) {
    String all = HEX.formatHex(flow(flow));
    return all.substring(0, 16) + "........" + all.substring(24);
  }

  public static Flow flow(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    return new Flow(
        in.getShort(0) & 0xffff,
        in.getInt(4),
        FlowState.values()[in.get(12)],
        in.getShort(14) & 0xffff,
        in.getShort(2) & 0xffff,
        in.getInt(28),
        HEX.formatHex(bytes, 16, 22),
        HEX.formatHex(bytes, 22, 28),
        bytes[13] == 1);
  }

  public static byte[] vipKey(VipKey key) {
    ByteBuffer out = record(20);
    hex(out, key.address());
    port(out, key.port());
    return out.put((byte) key.protocol()).array();
  }

  public static byte[] vip(Vip vip) {
    ByteBuffer out = record(16).putInt(vip.id());
    out.put((byte) vip.mode().ordinal()).put((byte) vip.hashOn().ordinal());
    out.put((byte) (vip.isRelayed() ? 1 : 0)).put((byte) 0);
    return out.putInt(vip.hasTable() ? 1 : 0).putInt(vip.hasPrevious() ? 1 : 0).array();
  }

  public static byte[] endpoint(Endpoint endpoint) {
    ByteBuffer out = record(128).putInt(endpoint.generation());
    out.put((byte) ((endpoint.isAlive() ? 1 : 0) | (endpoint.hasNextHop() ? 2 : 0)));
    out.put((byte) endpoint.mode().ordinal());
    port(out, endpoint.port());
    hex(out, endpoint.address());
    hex(out, endpoint.nextHopMac());
    hex(out, endpoint.ownMac());
    out.putInt(endpoint.networkInterface());
    out.putShort((short) endpoint.vlan()).putShort((short) endpoint.mtu());
    int addresses = Delta.of(endpoint.vipAddress(), endpoint.address());
    int all = Delta.add(addresses, Delta.of(endpoint.vipPort(), endpoint.port()));
    // The check sum is the complement of the sum, and so is what it changes by.
    port(out, ~addresses);
    port(out, ~all);
    port(out, endpoint.vipPort());
    out.put((byte) endpoint.protocol()).put((byte) 0).putInt(endpoint.vip()).putLong(0);
    hex(out, endpoint.vipAddress());
    hex(out, endpoint.outerSource());
    return out.array();
  }

  public static byte[] reply(List<Integer> endpoints) {
    ByteBuffer out = record(4 + 4 * MAX_SHARED).putInt(endpoints.size());
    endpoints.forEach(out::putInt);
    return out.array();
  }

  public static byte[] network(Network network) {
    ByteBuffer out = record(4 + network.address().length() / 2).putInt(network.prefix());
    hex(out, network.address());
    return out.array();
  }

  public static byte[] settings(Settings settings) {
    ByteBuffer out = record(24).putInt(settings.hertz()).putInt(settings.isGateClosed() ? 1 : 0);
    out.putInt(settings.newFlowsPerCpu()).putInt(settings.newFlowsPerSource());
    return out.putInt(0).putInt(settings.statelessSeconds()).array();
  }

  private static ByteBuffer record(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void hex(ByteBuffer out, String digits) {
    out.put(HEX.parseHex(digits));
  }

  private static void port(ByteBuffer out, int port) {
    out.put((byte) (port >>> 8)).put((byte) port);
  }
}
