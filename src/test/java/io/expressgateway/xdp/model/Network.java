package io.expressgateway.xdp.model;

import java.math.BigInteger;

/** A network of a list; the address is hex, 8 or 32 digits. */
public record Network(String address, int prefix) {

  public boolean contains(String other) {
    if (other.length() != address.length()) {
      return false;
    }
    int shift = address.length() * 4 - prefix;
    BigInteger mine = new BigInteger(address, 16).shiftRight(shift);
    return mine.equals(new BigInteger(other, 16).shiftRight(shift));
  }
}
