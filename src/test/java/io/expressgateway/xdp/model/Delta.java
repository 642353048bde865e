package io.expressgateway.xdp.model;

/** What an Internet check sum changes by (RFC 1624, equation 3): folded sum of ~old and new. */
final class Delta {

  private Delta() {}

  /** Of a field whose hex digits change; mapped IPv4 addresses count by their last four bytes. */
  static int of(String before, String after) {
    String old = VipKey.narrow(before);
    String fresh = VipKey.narrow(after);
    int sum = 0;
    for (int i = 0; i < old.length(); i += 4) {
      sum = add(sum, ~Integer.parseInt(old.substring(i, i + 4), 16) & 0xffff);
    }
    for (int i = 0; i < fresh.length(); i += 4) {
      sum = add(sum, Integer.parseInt(fresh.substring(i, i + 4), 16));
    }
    return sum;
  }

  /** Of a 16-bit field. */
  static int of(int before, int after) {
    return add(~before & 0xffff, after);
  }

  /** One's complement addition. */
  static int add(int left, int right) {
    int sum = left + right;
    return (sum & 0xffff) + (sum >>> 16);
  }

  /** A stored check sum after the change. */
  static int applied(int sum, int delta) {
    return ~add(~sum & 0xffff, delta) & 0xffff;
  }
}
