package io.expressgateway.admin;

import io.expressgateway.config.Problem;
import io.expressgateway.net.HostPort;
import io.expressgateway.net.IpLiteral;
import io.expressgateway.snapshot.VipSpec.Transport;
import io.expressgateway.xdp.PacketQuestion;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The packet that a call asks about; component names are the public contract.
 *
 * @param source address and port
 * @param destination address and port
 * @param protocol tcp, when it is not said, or udp
 * @param tcpFlags some of syn, ack, fin, rst, joined by commas; syn when it is not said
 */
record ExplainBody(
    @Nullable String source,
    @Nullable String destination,
    @Nullable String protocol,
    @Nullable String tcpFlags) {

  static final ExplainBody EMPTY = new ExplainBody(null, null, null, null);

  private static final int FIN = 1;
  private static final int SYN = 2;
  private static final int RST = 4;
  private static final int ACK = 16;

  private record Side(InetAddress address, int port) {}

  /** The packet; null, with every problem reported, when it is none. */
  @Nullable PacketQuestion read(List<Problem> problems) {
    Side from = side("source", source, problems);
    Side to = side("destination", destination, problems);
    Transport transport = transport(problems);
    int flags = flags(problems);
    if (from == null || to == null || !problems.isEmpty()) {
      return null;
    }
    try {
      return new PacketQuestion(from.address, from.port, to.address, to.port, transport, flags);
    } catch (IllegalArgumentException mixed) {
      problems.add(
          new Problem(
              "source",
              String.valueOf(source),
              String.valueOf(mixed.getMessage()),
              "write two addresses of one IP version"));
      return null;
    }
  }

  private static @Nullable Side side(String key, @Nullable String text, List<Problem> problems) {
    try {
      HostPort read = HostPort.parse(text == null ? "" : text);
      byte @Nullable [] literal = IpLiteral.parse(read.host());
      if (literal != null) {
        return new Side(IpLiteral.address(literal), read.port());
      }
    } catch (IllegalArgumentException malformed) {
      // Reported below, in the same words as a name.
    }
    problems.add(
        new Problem(
            key,
            text == null ? "" : text,
            "is not an address and a port",
            "write one as in 192.0.2.1:40000 or [2001:db8::1]:40000"));
    return null;
  }

  private Transport transport(List<Problem> problems) {
    String text = protocol == null ? "tcp" : protocol.toLowerCase(Locale.ROOT);
    switch (text) {
      case "tcp" -> {
        return Transport.TCP;
      }
      case "udp" -> {
        return Transport.UDP;
      }
      default ->
          problems.add(
              new Problem("protocol", text, "is neither tcp nor udp", "write one of them"));
    }
    return Transport.TCP;
  }

  private int flags(List<Problem> problems) {
    int flags = 0;
    for (String flag : (tcpFlags == null ? "syn" : tcpFlags).split(",")) {
      flags |=
          switch (flag.strip().toLowerCase(Locale.ROOT)) {
            case "fin" -> FIN;
            case "syn" -> SYN;
            case "rst" -> RST;
            case "ack" -> ACK;
            default -> {
              problems.add(
                  new Problem("tcpFlags", flag, "is no flag", "write some of syn, ack, fin, rst"));
              yield 0;
            }
          };
    }
    return flags;
  }
}
