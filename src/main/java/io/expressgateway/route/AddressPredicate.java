package io.expressgateway.route;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.expressgateway.net.Cidr;
import io.expressgateway.net.IpLiteral;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * RemoteAddr and XForwardedRemoteAddr: the address lies in one of the networks. The address is the
 * peer's; with a trusted index of n above zero it is the n-th from the right of X-Forwarded-For
 * (the first when there are fewer), provided that there is exactly one such field and it is not
 * empty.
 */
record AddressPredicate(List<Cidr> sources, int maxTrustedIndex) implements RoutePredicate {

  static RoutePredicate remote(PredicateArguments arguments, PredicateContext context) {
    return new AddressPredicate(networks(arguments), 0);
  }

  static RoutePredicate forwarded(PredicateArguments arguments, PredicateContext context) {
    String index = arguments.optional("maxTrustedIndex");
    return new AddressPredicate(
        networks(arguments), index == null ? 1 : arguments.number("maxTrustedIndex", 1, index));
  }

  private static List<Cidr> networks(PredicateArguments arguments) {
    List<Cidr> networks = new ArrayList<>();
    for (String source : arguments.list()) {
      try {
        networks.add(Cidr.parse(masked(source.strip())));
      } catch (IllegalArgumentException e) {
        throw arguments.invalid(
            "has the source '" + source + "': " + e.getMessage(),
            "write an address or a network such as 192.168.1.0/24 or 2001:db8::/32");
      }
    }
    return List.copyOf(networks);
  }

  /** Clears the bits beyond the prefix, which Spring Cloud Gateway accepts and ignores. */
  private static String masked(String text) {
    int slash = text.indexOf('/');
    byte[] address = slash < 0 ? null : IpLiteral.parse(text.substring(0, slash));
    if (address == null || !text.substring(slash + 1).matches("\\d{1,3}")) {
      return text;
    }
    int prefix = Integer.parseInt(text.substring(slash + 1));
    for (int bit = prefix; bit < address.length * 8; bit++) {
      address[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
    }
    return IpLiteral.format(address) + text.substring(slash);
  }

  @Override
  public boolean test(RouteRequest request) {
    InetAddress address =
        maxTrustedIndex == 0 ? peer(request) : forwarded(request.head().headers(), request);
    if (address == null) {
      return false;
    }
    for (int i = 0; i < sources.size(); i++) {
      if (sources.get(i).contains(address)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable InetAddress peer(RouteRequest request) {
    InetSocketAddress remote = request.remoteAddress();
    return remote.getAddress();
  }

  private @Nullable InetAddress forwarded(HeaderBlock headers, RouteRequest request) {
    int only = headers.indexOf(HeaderName.X_FORWARDED_FOR);
    if (only < 0 || headers.indexOf(HeaderName.X_FORWARDED_FOR, only + 1) >= 0) {
      return peer(request);
    }
    List<String> hops = new ArrayList<>();
    for (String hop : headers.value(only).split(",")) {
      if (!hop.isBlank()) {
        hops.add(hop.strip());
      }
    }
    return hops.isEmpty()
        ? peer(request)
        : literal(hops.get(Math.max(0, hops.size() - maxTrustedIndex)));
  }

  /** The address of a literal; a name is never looked up, so it lies in no network. */
  private static @Nullable InetAddress literal(String hop) {
    boolean bracketed = hop.startsWith("[") && hop.endsWith("]");
    byte[] address = IpLiteral.parse(bracketed ? hop.substring(1, hop.length() - 1) : hop);
    return address == null ? null : InetAddress.ofLiteral(IpLiteral.format(address));
  }
}
