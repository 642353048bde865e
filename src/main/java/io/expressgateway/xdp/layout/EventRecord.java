package io.expressgateway.xdp.layout;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Something that was seen ({@code struct event}).
 *
 * @param nanos the kernel's monotonic clock
 * @param reason number of a {@link Reason}
 * @param bytes of the packet
 * @param interfaceIndex that it came in by
 * @param endpoint index, or {@link Limits#NO_ENDPOINT}
 */
public record EventRecord(
    long nanos,
    InetAddress source,
    InetAddress destination,
    int sourcePort,
    int destinationPort,
    int protocol,
    int reason,
    int bytes,
    int interfaceIndex,
    int endpoint) {

  /** {@code struct event}. */
  public static final RecordLayout LAYOUT =
      RecordLayout.of("event")
          .u64("nanos")
          .bytes("source", 16)
          .bytes("destination", 16)
          .u16("source_port_be")
          .u16("destination_port_be")
          .u8("protocol")
          .u8("reason")
          .u16("bytes")
          .u32("interface")
          .u32("endpoint")
          .build();

  private static final int SOURCE = LAYOUT.offset("source");
  private static final int DESTINATION = LAYOUT.offset("destination");
  private static final int SOURCE_PORT = LAYOUT.offset("source_port_be");
  private static final int DESTINATION_PORT = LAYOUT.offset("destination_port_be");
  private static final int PROTOCOL = LAYOUT.offset("protocol");
  private static final int REASON = LAYOUT.offset("reason");
  private static final int BYTES = LAYOUT.offset("bytes");
  private static final int INTERFACE = LAYOUT.offset("interface");
  private static final int ENDPOINT = LAYOUT.offset("endpoint");

  /** Reads a record. */
  public static EventRecord decode(byte[] value) {
    ByteBuffer record = ByteBuffer.wrap(value).order(ByteOrder.nativeOrder());
    return new EventRecord(
        record.getLong(0),
        Wire.address(record, SOURCE, 16),
        Wire.address(record, DESTINATION, 16),
        Wire.bigEndian(record, SOURCE_PORT),
        Wire.bigEndian(record, DESTINATION_PORT),
        Byte.toUnsignedInt(record.get(PROTOCOL)),
        Byte.toUnsignedInt(record.get(REASON)),
        Short.toUnsignedInt(record.getShort(BYTES)),
        record.getInt(INTERFACE),
        record.getInt(ENDPOINT));
  }
}
