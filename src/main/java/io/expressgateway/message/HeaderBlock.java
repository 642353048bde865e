package io.expressgateway.message;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Header fields in the order in which they came, kept as bytes in one array with an index beside
 * it.
 *
 * <p>Every field is a range of the array. An edit never moves bytes: a removed field loses its
 * index row, a new or changed one gets its bytes appended behind the rest. So whatever nobody
 * touched can still be forwarded as the very bytes that arrived, in as few copies as there are
 * untouched runs (see {@link #lineRunEnd}). Names keep their case and are compared without it;
 * bytes above ASCII are ISO-8859-1.
 *
 * <p>Longer than most files because reading, finding and editing are all about the layout of one
 * array of rows, which nobody else is to know. Mutable, not thread-safe: confined to the event loop
 * of the exchange that owns it. A codec may reuse one block for the next message of its connection
 * ({@link #clear}).
 */
public final class HeaderBlock {

  // Index row: where name and value are, where the untouched line ends (0 = not a received line),
  // and the ordinal of the name's HeaderName.
  private static final int NAME = 0;
  private static final int NAME_LENGTH = 1;
  private static final int VALUE = 2;
  private static final int VALUE_LENGTH = 3;
  private static final int LINE_END = 4;
  private static final int ID = 5;
  private static final int STRIDE = 6;

  private static final int KEPT_BYTES = 8192;
  private static final int KEPT_FIELDS = 96;

  private static final HeaderName[] NAMES = HeaderName.values();

  private static final long FRAMING =
      bit(HeaderName.CONTENT_LENGTH)
          | bit(HeaderName.TRANSFER_ENCODING)
          | bit(HeaderName.HOST)
          | bit(HeaderName.CONNECTION)
          | bit(HeaderName.TRAILER)
          | bit(HeaderName.UPGRADE)
          | bit(HeaderName.TE)
          | bit(HeaderName.EXPECT);

  private byte[] bytes;
  private int used;
  private int[] rows;
  private int size;
  private long present;

  /** An empty block with room for a usual head (1 KiB, 24 fields); grows as needed. */
  public HeaderBlock() {
    this(1024, 24);
  }

  /** An empty block with room for {@code byteCapacity} bytes and {@code fields} fields. */
  public HeaderBlock(int byteCapacity, int fields) {
    this.bytes = new byte[byteCapacity];
    this.rows = new int[fields * STRIDE];
  }

  // --- for codecs: the received bytes and their index ---

  /**
   * Forgets all fields and bytes; keeps the arrays unless one large head has made them grow beyond
   * what the next ones need.
   */
  public void clear() {
    if (bytes.length > KEPT_BYTES) {
      bytes = new byte[1024];
    }
    if (rows.length > KEPT_FIELDS * STRIDE) {
      rows = new int[24 * STRIDE];
    }
    used = 0;
    size = 0;
    present = 0;
  }

  /** The array that holds everything; its length changes when {@link #reserve} grows it. */
  public byte[] array() {
    return bytes;
  }

  /** How many bytes of {@link #array()} are taken. */
  public int used() {
    return used;
  }

  /**
   * Makes room for {@code count} more bytes and counts them as taken; returns where they begin. A
   * negative count gives back the last bytes taken.
   */
  public int reserve(int count) {
    int at = used;
    int end = at + count;
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length * 2));
    }
    used = end;
    return at;
  }

  /**
   * Indexes a received line whose bytes already lie in {@link #array()}.
   *
   * @param lineEnd the offset behind the line's CRLF; 0 when the field is not a line of its own
   *     (HTTP/2, HTTP/3)
   * @return the id of the name
   */
  public HeaderName index(int name, int nameLength, int value, int valueLength, int lineEnd) {
    HeaderName id = HeaderName.of(bytes, name, nameLength);
    row(name, nameLength, value, valueLength, lineEnd, id);
    return id;
  }

  /**
   * Adds a field behind all others in one copy. For codecs that keep fields ready-made.
   *
   * @param line the field as {@code name: value CRLF}, checked by the caller; copied
   * @param id the id of the name
   */
  public void append(byte[] line, int nameLength, int valueLength, HeaderName id) {
    int at = reserve(line.length);
    System.arraycopy(line, 0, bytes, at, line.length);
    row(at, nameLength, at + nameLength + 2, valueLength, used, id);
  }

  private void row(int name, int nameLength, int value, int valueLength, int end, HeaderName id) {
    int at = size * STRIDE;
    if (at == rows.length) {
      rows = Arrays.copyOf(rows, rows.length * 2);
    }
    rows[at + NAME] = name;
    rows[at + NAME_LENGTH] = nameLength;
    rows[at + VALUE] = value;
    rows[at + VALUE_LENGTH] = valueLength;
    rows[at + LINE_END] = end;
    rows[at + ID] = id.ordinal();
    present |= 1L << id.ordinal();
    size++;
  }

  /**
   * Where the run of untouched received lines that begins with field {@code i} ends: the first
   * field that is not the next received line. Equal to {@code i} when field {@code i} is no
   * received line. The run's bytes are {@code array()[nameOffset(i), lineEnd(result - 1))}.
   */
  public int lineRunEnd(int i) {
    int at = i * STRIDE;
    int end = rows[at + LINE_END];
    if (end == 0) {
      return i;
    }
    int next = i + 1;
    while (next < size) {
      at = next * STRIDE;
      if (rows[at + NAME] != end || rows[at + LINE_END] == 0) {
        break;
      }
      end = rows[at + LINE_END];
      next++;
    }
    return next;
  }

  /** The offset in {@link #array()} behind the line of field {@code i}; 0 when it is no line. */
  public int lineEnd(int i) {
    return rows[i * STRIDE + LINE_END];
  }

  /** The offset of the name of field {@code i}. */
  public int nameOffset(int i) {
    return rows[i * STRIDE + NAME];
  }

  /** The length of the name of field {@code i} in bytes. */
  public int nameLength(int i) {
    return rows[i * STRIDE + NAME_LENGTH];
  }

  /** The offset of the value of field {@code i}. */
  public int valueOffset(int i) {
    return rows[i * STRIDE + VALUE];
  }

  /** The length of the value of field {@code i} in bytes. */
  public int valueLength(int i) {
    return rows[i * STRIDE + VALUE_LENGTH];
  }

  // --- for everybody ---

  /** How many fields there are. */
  public int size() {
    return size;
  }

  /** The id of the name of field {@code i}. */
  public HeaderName id(int i) {
    return NAMES[rows[i * STRIDE + ID]];
  }

  /** The name of field {@code i} in the case in which it came. */
  public String name(int i) {
    return text(nameOffset(i), nameLength(i));
  }

  /** The value of field {@code i} without surrounding white space. */
  public String value(int i) {
    return text(valueOffset(i), valueLength(i));
  }

  private String text(int offset, int length) {
    return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
  }

  /** Whether there is a field with this name. */
  public boolean contains(HeaderName name) {
    return (present & 1L << name.ordinal()) != 0;
  }

  /** Whether there is a field with this name, in any case. */
  public boolean contains(String name) {
    return indexOf(name) >= 0;
  }

  /** The first field with this name, or -1. */
  public int indexOf(HeaderName name) {
    return indexOf(name, 0);
  }

  /** The first field from {@code from} on with this name, or -1. */
  public int indexOf(HeaderName name, int from) {
    if (!contains(name)) {
      return -1;
    }
    int id = name.ordinal();
    for (int i = from; i < size; i++) {
      if (rows[i * STRIDE + ID] == id) {
        return i;
      }
    }
    return -1;
  }

  /** The first field with this name in any case, or -1. */
  public int indexOf(String name) {
    return indexOf(name, 0);
  }

  /** The first field from {@code from} on with this name in any case, or -1. */
  public int indexOf(String name, int from) {
    HeaderName id = HeaderName.of(name);
    if (id != HeaderName.OTHER) {
      return indexOf(id, from);
    }
    if (!contains(HeaderName.OTHER)) {
      return -1;
    }
    byte[] lower = name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.ISO_8859_1);
    for (int i = from; i < size; i++) {
      if (nameLength(i) == lower.length
          && rows[i * STRIDE + ID] == 0
          && HeaderName.equalsIgnoreCase(lower, bytes, nameOffset(i))) {
        return i;
      }
    }
    return -1;
  }

  /** The first value of this name, or null. */
  public @Nullable String get(HeaderName name) {
    int i = indexOf(name);
    return i < 0 ? null : value(i);
  }

  /** The first value of this name in any case, or null. */
  public @Nullable String get(String name) {
    int i = indexOf(name);
    return i < 0 ? null : value(i);
  }

  /** All values of this name in any case, in order; empty when there is none. */
  public List<String> all(String name) {
    List<String> values = new ArrayList<>(2);
    for (int i = indexOf(name); i >= 0; i = indexOf(name, i + 1)) {
      values.add(value(i));
    }
    return values;
  }

  /** Adds a field behind all others. */
  public void add(HeaderName name, String value) {
    addLine(name.bytes(), name, value);
  }

  /**
   * Adds a field behind all others.
   *
   * @throws IllegalArgumentException when the name is no token (RFC 9110 section 5.6.2) or the
   *     value holds CR, LF, NUL or a character beyond ISO-8859-1: nothing that passes here can
   *     split a message
   */
  public void add(String name, String value) {
    checkName(name);
    byte[] raw = name.getBytes(StandardCharsets.ISO_8859_1);
    addLine(raw, HeaderName.of(raw, 0, raw.length), value);
  }

  private void addLine(byte[] name, HeaderName id, String value) {
    checkValue(value);
    int at = reserve(name.length + value.length() + 4);
    System.arraycopy(name, 0, bytes, at, name.length);
    int from = writeValue(at + name.length, value);
    row(at, name.length, from, value.length(), used, id);
  }

  /** Writes {@code ": value CRLF"} so that an added field is a line like a received one. */
  @SuppressWarnings("deprecation") // String.getBytes(int, int, byte[], int): the low bytes, no copy
  private int writeValue(int at, String value) {
    bytes[at] = ':';
    bytes[at + 1] = ' ';
    int from = at + 2;
    int length = value.length();
    value.getBytes(0, length, bytes, from);
    bytes[from + length] = '\r';
    bytes[from + length + 1] = '\n';
    return from;
  }

  /** Adds all fields of another block behind the own ones, in one copy. */
  public void addAll(HeaderBlock other) {
    int shift = reserve(other.used);
    System.arraycopy(other.bytes, 0, bytes, shift, other.used);
    for (int at = 0; at < other.size * STRIDE; at += STRIDE) {
      int end = other.rows[at + LINE_END];
      row(
          other.rows[at + NAME] + shift,
          other.rows[at + NAME_LENGTH],
          other.rows[at + VALUE] + shift,
          other.rows[at + VALUE_LENGTH],
          end == 0 ? 0 : end + shift,
          NAMES[other.rows[at + ID]]);
    }
  }

  /** Gives field {@code i} another value; its name keeps its place and case. */
  public void setValue(int i, String value) {
    checkValue(value);
    int nameLength = nameLength(i);
    int at = reserve(nameLength + value.length() + 4);
    System.arraycopy(bytes, nameOffset(i), bytes, at, nameLength);
    int from = writeValue(at + nameLength, value);
    int row = i * STRIDE;
    rows[row + NAME] = at;
    rows[row + VALUE] = from;
    rows[row + VALUE_LENGTH] = value.length();
    rows[row + LINE_END] = used;
  }

  /** Replaces all fields of this name by one: in the place of the first, or behind all others. */
  public void set(String name, String value) {
    int first = indexOf(name);
    if (first < 0) {
      add(name, value);
      return;
    }
    setValue(first, value);
    for (int i = indexOf(name, first + 1); i >= 0; i = indexOf(name, i)) {
      remove(i);
    }
  }

  /** Replaces all fields of this name by one: in the place of the first, or behind all others. */
  public void set(HeaderName name, String value) {
    set(name.text(), value);
  }

  /** Removes field {@code i}; later fields move one place forward. */
  public void remove(int i) {
    int at = i * STRIDE;
    int id = rows[at + ID];
    System.arraycopy(rows, at + STRIDE, rows, at, (size - i - 1) * STRIDE);
    size--;
    for (int j = 0; j < size; j++) {
      if (rows[j * STRIDE + ID] == id) {
        return;
      }
    }
    present &= ~(1L << id);
  }

  /** Removes all fields of this name; whether there was one. */
  public boolean remove(HeaderName name) {
    boolean found = false;
    for (int i = indexOf(name); i >= 0; i = indexOf(name, i)) {
      remove(i);
      found = true;
    }
    return found;
  }

  /** Removes all fields of this name in any case; whether there was one. */
  public boolean remove(String name) {
    boolean found = false;
    for (int i = indexOf(name); i >= 0; i = indexOf(name, i)) {
      remove(i);
      found = true;
    }
    return found;
  }

  /** Whether the value of field {@code i} equals an all-lower-case ASCII text, case aside. */
  public boolean valueEqualsIgnoreCase(int i, String lower) {
    int length = valueLength(i);
    if (length != lower.length()) {
      return false;
    }
    int from = valueOffset(i);
    for (int k = 0; k < length; k++) {
      int b = bytes[from + k];
      if (b >= 'A' && b <= 'Z') {
        b |= 0x20;
      }
      if (b != lower.charAt(k)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether any field of this name lists {@code lower} as an element of a comma-separated list (RFC
   * 9110 section 5.6.1), case aside.
   */
  public boolean listContains(HeaderName name, String lower) {
    for (int i = indexOf(name); i >= 0; i = indexOf(name, i + 1)) {
      if (elementEquals(value(i), lower)) {
        return true;
      }
    }
    return false;
  }

  private static boolean elementEquals(String list, String lower) {
    int from = 0;
    while (from <= list.length()) {
      int comma = list.indexOf(',', from);
      int end = comma < 0 ? list.length() : comma;
      if (list.substring(from, end).strip().equalsIgnoreCase(lower)) {
        return true;
      }
      from = end + 1;
    }
    return false;
  }

  /**
   * Whether there is a field that frames, addresses or controls a message, which means nothing
   * behind it: such a field makes trailers malformed (RFC 9110 section 6.5.1).
   */
  public boolean holdsFraming() {
    return (present & FRAMING) != 0;
  }

  private static long bit(HeaderName name) {
    return 1L << name.ordinal();
  }

  private static void checkName(String name) {
    if (!isToken(name)) {
      throw new IllegalArgumentException("'" + name + "' is not a header name");
    }
  }

  /** Whether a text is a token as RFC 9110 section 5.6.2 has it: what a header name must be. */
  public static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean token =
          (c >= '0' && c <= '9')
              || (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
      if (!token) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static void checkValue(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c > 0xff || (c < 0x20 && c != '\t') || c == 0x7f) {
        throw new IllegalArgumentException(
            "a header value holds a character that is not allowed, at " + i);
      }
    }
  }

  /** The fields as {@code name: value} lines, for logs and tests. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < size; i++) {
      text.append(name(i)).append(": ").append(value(i)).append('\n');
    }
    return text.toString();
  }
}
