package io.expressgateway.xdp.model;

/** An endpoint as one VIP uses it. Addresses are hex: 32 digits, Ethernet 12. */
public record Endpoint(
    int generation,
    boolean isAlive,
    boolean hasNextHop,
    Mode mode,
    String address,
    int port,
    String nextHopMac,
    String ownMac,
    int networkInterface,
    int vlan,
    int mtu,
    int vip,
    String vipAddress,
    int vipPort,
    int protocol,
    String outerSource) {

  public Endpoint alive(boolean value) {
    return new Endpoint(
        generation,
        value,
        hasNextHop,
        mode,
        address,
        port,
        nextHopMac,
        ownMac,
        networkInterface,
        vlan,
        mtu,
        vip,
        vipAddress,
        vipPort,
        protocol,
        outerSource);
  }

  public Endpoint generation(int value) {
    return new Endpoint(
        value,
        isAlive,
        hasNextHop,
        mode,
        address,
        port,
        nextHopMac,
        ownMac,
        networkInterface,
        vlan,
        mtu,
        vip,
        vipAddress,
        vipPort,
        protocol,
        outerSource);
  }

  public Endpoint nextHop(boolean value) {
    return new Endpoint(
        generation,
        isAlive,
        value,
        mode,
        address,
        port,
        nextHopMac,
        ownMac,
        networkInterface,
        vlan,
        mtu,
        vip,
        vipAddress,
        vipPort,
        protocol,
        outerSource);
  }

  public Endpoint via(int networkInterface, int vlan) {
    return new Endpoint(
        generation,
        isAlive,
        hasNextHop,
        mode,
        address,
        port,
        nextHopMac,
        ownMac,
        networkInterface,
        vlan,
        mtu,
        vip,
        vipAddress,
        vipPort,
        protocol,
        outerSource);
  }

  public Endpoint mtu(int value) {
    return new Endpoint(
        generation,
        isAlive,
        hasNextHop,
        mode,
        address,
        port,
        nextHopMac,
        ownMac,
        networkInterface,
        vlan,
        value,
        vip,
        vipAddress,
        vipPort,
        protocol,
        outerSource);
  }
}
