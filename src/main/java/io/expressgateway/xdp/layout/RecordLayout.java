package io.expressgateway.xdp.layout;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Name, fields and size of one C record without hidden padding. Immutable. */
public final class RecordLayout {

  private final String name;
  private final List<Field> fields;
  private final int size;

  private RecordLayout(String name, List<Field> fields, int size) {
    this.name = name;
    this.fields = List.copyOf(fields);
    this.size = size;
  }

  /** A field: where it lies and how many bytes it has. */
  public record Field(String name, int offset, int size) {}

  /** The structure's name in C. */
  public String name() {
    return name;
  }

  /** In the order of the structure. */
  public List<Field> fields() {
    return fields;
  }

  /** Bytes. */
  public int size() {
    return size;
  }

  /**
   * Where a field lies.
   *
   * @throws IllegalArgumentException when there is no such field
   */
  public int offset(String field) {
    for (Field each : fields) {
      if (each.name.equals(field)) {
        return each.offset;
      }
    }
    throw new IllegalArgumentException(name + " has no field " + field);
  }

  /** A zeroed record in the machine's byte order. */
  ByteBuffer allocate() {
    return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
  }

  /** The bytes of a record, from begin to end. */
  static byte[] bytes(ByteBuffer record) {
    byte[] bytes = new byte[record.capacity()];
    record.get(0, bytes);
    return bytes;
  }

  static Builder of(String name) {
    return new Builder(name);
  }

  /** Lays fields out one after the other. */
  static final class Builder {

    private final String name;
    private final List<Field> fields = new ArrayList<>();
    private int at;

    private Builder(String name) {
      this.name = name;
    }

    Builder u8(String field) {
      return bytes(field, 1);
    }

    Builder u16(String field) {
      return bytes(field, 2);
    }

    Builder u32(String field) {
      return bytes(field, 4);
    }

    Builder u64(String field) {
      return bytes(field, 8);
    }

    Builder bytes(String field, int count) {
      fields.add(new Field(field, at, count));
      at += count;
      return this;
    }

    RecordLayout build() {
      return new RecordLayout(name, fields, at);
    }
  }
}
