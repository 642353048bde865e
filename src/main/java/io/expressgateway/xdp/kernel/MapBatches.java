package io.expressgateway.xdp.kernel;

/**
 * A walk through a map's entries, many with each system call. Entries that are added or removed
 * meanwhile may be missed; none is reported twice by a hash that is not resized, and hashes of the
 * kernel are not. Confined to one thread; the arrays are reused.
 */
public final class MapBatches {

  private static final byte ENDED = 2;

  private final BpfMap map;
  private final int size;
  private final byte[] state = new byte[65];
  private final byte[] keys;
  private final byte[] values;

  MapBatches(BpfMap map, int size) {
    this.map = map;
    this.size = size;
    this.keys = new byte[size * map.keySize()];
    this.values = new byte[size * map.valueSize()];
  }

  /**
   * Reads the next batch.
   *
   * @return how many entries it has; -1 after the last
   * @throws KernelException ENOSPC when one bucket of a hash holds more than a batch
   */
  public int next() {
    if (state[0] == ENDED) {
      return -1;
    }
    return KernelException.check(
        "read through " + map.name(),
        LibBpf.lookupBatch(map.fd(), state, keys, map.keySize(), values, map.valueSize(), size));
  }

  /** The keys of the batch, one after the other. */
  public byte[] keys() {
    return keys;
  }

  /** The values of the batch, one after the other. */
  public byte[] values() {
    return values;
  }
}
