package io.expressgateway.balance;

/**
 * The hash that consistent hashing stands on: the same for the same text in every process, on every
 * machine and in every release, so that gateways side by side agree.
 *
 * <p>FNV-1a over the UTF-16 code units (Fowler, Noll, Vo; RFC 9923), which is cheap but leaves
 * similar texts close together, then the finaliser of MurmurHash3 (Appleby), which spreads them.
 */
public final class Hash64 {

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private Hash64() {}

  /** Hashes a text. Any thread, no allocation. */
  public static long of(CharSequence text) {
    return of(text, 0);
  }

  /** Hashes a text; different seeds give independent hashes. */
  public static long of(CharSequence text, long seed) {
    long hash = FNV_OFFSET ^ mix(seed);
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    return mix(hash);
  }

  /** Hashes bytes, such as those of an address. Any thread, no allocation. */
  public static long of(byte[] bytes) {
    long hash = FNV_OFFSET;
    for (byte b : bytes) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return mix(hash);
  }

  /** Spreads every input bit over the whole result; a bijection that maps 0 to 0. */
  public static long mix(long value) {
    long hash = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }
}
