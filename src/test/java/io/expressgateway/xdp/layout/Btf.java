package io.expressgateway.xdp.layout;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The structures in an object file's type information (BTF, Documentation/bpf/btf.rst). */
final class Btf {

  private static final int MAGIC = 0xeb9f;
  private static final int ARRAY = 3;
  private static final int STRUCT = 4;

  private record Type(int kind, String name, int size, int at, int members) {}

  private final ByteBuffer in;
  private final List<@Nullable Type> types = new ArrayList<>();

  /** Reads the section .BTF of a little-endian ELF file of 64 bits. */
  Btf(byte[] elf) {
    ByteBuffer file = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer section = section(file, ".BTF");
    assert Short.toUnsignedInt(section.getShort(0)) == MAGIC;
    this.in = section;
    int header = section.getInt(4);
    int end = header + section.getInt(8) + section.getInt(12);
    types.add(null);
    for (int at = header + section.getInt(8); at < end; ) {
      int info = in.getInt(at + 4);
      int kind = info >>> 24 & 0x1f;
      int members = info & 0xffff;
      types.add(new Type(kind, name(in.getInt(at)), in.getInt(at + 8), at + 12, members));
      at += 12 + tail(kind, members);
    }
  }

  private static int tail(int kind, int members) {
    return switch (kind) {
      case 1, 14, 17 -> 4;
      case ARRAY -> 12;
      case STRUCT, 5, 15, 19 -> 12 * members;
      case 6, 13 -> 8 * members;
      default -> 0;
    };
  }

  private static ByteBuffer section(ByteBuffer file, String wanted) {
    int table = (int) file.getLong(40);
    int size = Short.toUnsignedInt(file.getShort(58));
    int count = Short.toUnsignedInt(file.getShort(60));
    int names = (int) file.getLong(table + size * Short.toUnsignedInt(file.getShort(62)) + 24);
    for (int i = 0; i < count; i++) {
      int at = table + i * size;
      if (text(file, names + file.getInt(at)).equals(wanted)) {
        return file.slice((int) file.getLong(at + 24), (int) file.getLong(at + 32))
            .order(ByteOrder.LITTLE_ENDIAN);
      }
    }
    throw new IllegalArgumentException("no section " + wanted);
  }

  private String name(int offset) {
    return text(in, in.getInt(4) + in.getInt(16) + offset);
  }

  private static String text(ByteBuffer in, int at) {
    int end = at;
    while (in.get(end) != 0) {
      end++;
    }
    byte[] bytes = new byte[end - at];
    in.get(at, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Field name to offset and size, in order; null when there is no such structure. */
  @Nullable List<RecordLayout.Field> structure(String name) {
    for (Type type : types) {
      if (type != null && type.kind == STRUCT && type.name.equals(name)) {
        List<RecordLayout.Field> fields = new ArrayList<>();
        for (int i = 0; i < type.members; i++) {
          int at = type.at + 12 * i;
          fields.add(
              new RecordLayout.Field(
                  name(in.getInt(at)), in.getInt(at + 8) / 8, size(in.getInt(at + 4))));
        }
        return fields;
      }
    }
    return null;
  }

  /** Name to bytes of every structure. */
  Map<String, Integer> structures() {
    Map<String, Integer> sizes = new HashMap<>();
    for (Type type : types) {
      if (type != null && type.kind == STRUCT) {
        sizes.put(type.name, type.size);
      }
    }
    return sizes;
  }

  private int size(int id) {
    Type type = types.get(id);
    if (type == null) {
      return 0;
    }
    return switch (type.kind) {
      case ARRAY -> in.getInt(type.at + 8) * size(in.getInt(type.at));
      case 8, 9, 10, 11 -> size(type.size);
      case 2 -> 8;
      default -> type.size;
    };
  }
}
