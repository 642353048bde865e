package io.expressgateway.http.h2;

import java.nio.charset.StandardCharsets;

/** The pseudo-headers (RFC 9113 section 8.3, RFC 8441 section 4) as bytes, not to be written to. */
final class PseudoNames {

  static final byte[] METHOD = bytes(":method");
  static final byte[] PATH = bytes(":path");
  static final byte[] SCHEME = bytes(":scheme");
  static final byte[] AUTHORITY = bytes(":authority");
  static final byte[] STATUS = bytes(":status");
  static final byte[] PROTOCOL = bytes(":protocol");

  private PseudoNames() {}

  private static byte[] bytes(String name) {
    return name.getBytes(StandardCharsets.ISO_8859_1);
  }
}
