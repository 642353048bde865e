package io.expressgateway.snapshot;

import java.net.InetAddress;

/**
 * A listener whose packets the kernel forwards.
 *
 * @param name of the listener
 * @param address that it is bound to, no wildcard
 * @param port not 0
 * @param transport what is forwarded
 * @param way how packets reach the endpoints
 * @param hash what the endpoint of a new flow is chosen by
 * @param cluster where the endpoints are
 */
public record VipSpec(
    String name,
    InetAddress address,
    int port,
    Transport transport,
    Way way,
    Hash hash,
    String cluster) {

  /** A transport protocol. */
  public enum Transport {
    /** TCP. */
    TCP(6),
    /** UDP. */
    UDP(17);

    private final int number;

    Transport(int number) {
      this.number = number;
    }

    /** Its number in IP headers. */
    public int number() {
      return number;
    }
  }

  /** How packets reach the endpoints. */
  public enum Way {
    /** Addresses and ports are rewritten; replies come back through the gateway. */
    NAT("nat"),
    /** Under an outer IP header; endpoints answer clients themselves. */
    DSR_IPIP("dsr-ipip"),
    /** To the endpoint's Ethernet address; endpoints answer clients themselves. */
    DSR_L2("dsr-l2");

    private final String text;

    Way(String text) {
      this.text = text;
    }

    /** As configuration writes it. */
    public String text() {
      return text;
    }

    /** Whether endpoints answer clients without the gateway. */
    public boolean isDirect() {
      return this != NAT;
    }
  }

  /** What the endpoint of a new flow is chosen by. */
  public enum Hash {
    /** Addresses and ports of both sides. */
    TUPLE,
    /** The client's address alone. */
    SOURCE,
    /** The QUIC destination connection ID; addresses and ports for what has none. */
    CONNECTION_ID
  }
}
