package io.expressgateway.http.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Key and answer of the opening handshake (RFC 6455 section 4), which HTTP/1.1 has and RFC 8441
 * leaves out. Any thread.
 */
public final class Handshake {

  /** The client's nonce. */
  public static final String KEY = "Sec-WebSocket-Key";

  /** What proves that the nonce was understood. */
  public static final String ACCEPT = "Sec-WebSocket-Accept";

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int KEY_BYTES = 16;

  private Handshake() {}

  /** A key of these 128 random bits. */
  public static String newKey(long high, long low) {
    byte[] nonce = ByteBuffer.allocate(KEY_BYTES).putLong(high).putLong(low).array();
    return Base64.getEncoder().encodeToString(nonce);
  }

  /** Whether a text is a key: 16 bytes in base64. */
  public static boolean isKey(@Nullable String text) {
    if (text == null) {
      return false;
    }
    try {
      return Base64.getDecoder().decode(text).length == KEY_BYTES;
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  /** What answers a key. */
  public static String accept(String key) {
    try {
      byte[] text = (key + GUID).getBytes(StandardCharsets.ISO_8859_1);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-1", impossible);
    }
  }
}
