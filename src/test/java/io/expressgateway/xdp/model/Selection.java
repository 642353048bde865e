package io.expressgateway.xdp.model;

import java.util.Arrays;
import java.util.HexFormat;

/** Which endpoint a flow gets. */
final class Selection {

  private static final int TRIES = 4;
  private static final int STEP = 0x9e3779b1;
  private static final int ID_BYTES = 8;

  /**
   * A choice.
   *
   * @param endpoint its index, or {@link Table#NO_ENDPOINT}
   * @param isUncertain whether the table before the last swap says something else
   */
  record Choice(int endpoint, boolean isUncertain) {}

  private final Maps maps;

  Selection(Maps maps) {
    this.maps = maps;
  }

  Choice choose(Vip vip, Frame frame) {
    if (!vip.hasTable()) {
      return new Choice(Table.NO_ENDPOINT, false);
    }
    int hash = Murmur.of(hashed(vip, frame));
    int current = pick(vip.id() * 2, hash);
    if (!vip.hasPrevious()) {
      return new Choice(current, false);
    }
    int previous = pick(vip.id() * 2 + 1, hash);
    boolean isUnderway = frame.isTcp() && !frame.opens();
    boolean isOld = isUnderway && previous != Table.NO_ENDPOINT;
    return new Choice(isOld ? previous : current, previous != current);
  }

  private int pick(int slotOfTables, int hash) {
    Table table = maps.tables.get(slotOfTables);
    for (int i = 0, h = hash; table != null && i < TRIES; i++, h *= STEP) {
      int slot = (int) (Integer.toUnsignedLong(h) * Table.SLOTS >>> 32);
      Endpoint endpoint = maps.endpoints.get(table.endpoint(slot));
      if (endpoint != null && endpoint.isAlive() && endpoint.vip() == slotOfTables / 2) {
        return table.endpoint(slot);
      }
    }
    return Table.NO_ENDPOINT;
  }

  private static byte[] hashed(Vip vip, Frame frame) {
    byte[] tuple = Records.flowKey(frame.key);
    return switch (vip.hashOn()) {
      case TUPLE -> tuple;
      case SOURCE -> HexFormat.of().parseHex(frame.key.source());
      case CONNECTION_ID -> connectionId(frame, tuple);
    };
  }

  /** The first bytes of a QUIC destination connection id, where the packet has that many. */
  private static byte[] connectionId(Frame frame, byte[] otherwise) {
    int quic = frame.transport + 8;
    if (frame.isTcp() || quic + 1 + ID_BYTES > frame.bytes.length) {
      return otherwise;
    }
    int from = quic + 1;
    if ((frame.u8(quic) & 0x80) != 0) {
      from = quic + 6;
      if (from + ID_BYTES > frame.bytes.length || frame.u8(quic + 5) < ID_BYTES) {
        return otherwise;
      }
    }
    return Arrays.copyOfRange(frame.bytes, from, from + ID_BYTES);
  }
}
