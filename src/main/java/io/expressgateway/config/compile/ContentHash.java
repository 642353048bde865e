package io.expressgateway.config.compile;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The same content gives the same hash, in every process: maps and sets are written in sorted
 * order, because the JDK's immutable ones iterate differently from run to run.
 */
public final class ContentHash {

  private ContentHash() {}

  /** SHA-256 in hexadecimal of records, collections and values whose text says all. */
  public static String of(Object content) {
    StringBuilder text = new StringBuilder();
    write(text, content);
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }

  private static void write(StringBuilder text, @Nullable Object value) {
    switch (value) {
      case null -> text.append('~');
      case Record record -> writeRecord(text, record);
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> sorted = new TreeMap<>();
        map.forEach((key, entry) -> sorted.put(String.valueOf(key), entry));
        text.append('{');
        sorted.forEach((key, entry) -> {
          write(text, key);
          write(text, entry);
        });
        text.append('}');
      }
      case Set<?> set -> {
        Set<String> sorted = new TreeSet<>();
        set.forEach(element -> sorted.add(Objects.toString(element)));
        write(text, List.copyOf(sorted));
      }
      case Iterable<?> list -> {
        text.append('[');
        list.forEach(element -> write(text, element));
        text.append(']');
      }
      default -> {
        // The length in front keeps two neighbours from reading like one.
        String plain = value.toString();
        text.append(plain.length()).append(':').append(plain);
      }
    }
  }

  private static void writeRecord(StringBuilder text, Record record) {
    text.append('(');
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      try {
        write(text, component.getAccessor().invoke(record));
      } catch (IllegalAccessException | InvocationTargetException impossible) {
        throw new IllegalStateException("cannot read " + component, impossible);
      }
    }
    text.append(')');
  }
}
