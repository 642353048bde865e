package io.expressgateway.http.h2;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The static table of HPACK (RFC 7541 appendix A), by index and by name. Any thread. */
final class StaticTable {

  /** How many entries there are; dynamic ones are numbered from behind them. */
  static final int SIZE = 61;

  private static final String[] TEXTS = {
    ":authority",
    "",
    ":method",
    "GET",
    ":method",
    "POST",
    ":path",
    "/",
    ":path",
    "/index.html",
    ":scheme",
    "http",
    ":scheme",
    "https",
    ":status",
    "200",
    ":status",
    "204",
    ":status",
    "206",
    ":status",
    "304",
    ":status",
    "400",
    ":status",
    "404",
    ":status",
    "500",
    "accept-charset",
    "",
    "accept-encoding",
    "gzip, deflate",
    "accept-language",
    "",
    "accept-ranges",
    "",
    "accept",
    "",
    "access-control-allow-origin",
    "",
    "age",
    "",
    "allow",
    "",
    "authorization",
    "",
    "cache-control",
    "",
    "content-disposition",
    "",
    "content-encoding",
    "",
    "content-language",
    "",
    "content-length",
    "",
    "content-location",
    "",
    "content-range",
    "",
    "content-type",
    "",
    "cookie",
    "",
    "date",
    "",
    "etag",
    "",
    "expect",
    "",
    "expires",
    "",
    "from",
    "",
    "host",
    "",
    "if-match",
    "",
    "if-modified-since",
    "",
    "if-none-match",
    "",
    "if-range",
    "",
    "if-unmodified-since",
    "",
    "last-modified",
    "",
    "link",
    "",
    "location",
    "",
    "max-forwards",
    "",
    "proxy-authenticate",
    "",
    "proxy-authorization",
    "",
    "range",
    "",
    "referer",
    "",
    "refresh",
    "",
    "retry-after",
    "",
    "server",
    "",
    "set-cookie",
    "",
    "strict-transport-security",
    "",
    "transfer-encoding",
    "",
    "user-agent",
    "",
    "vary",
    "",
    "via",
    "",
    "www-authenticate",
    ""
  };

  private static final Field[] FIELDS = fields();
  private static final int[] BY_ID = byId();
  private static final int[][] BY_LENGTH = byLength();

  private StaticTable() {}

  private static Field[] fields() {
    Field[] fields = new Field[SIZE + 1];
    for (int i = 1; i <= SIZE; i++) {
      String name = TEXTS[2 * i - 2];
      String value = TEXTS[2 * i - 1];
      byte[] line = (name + ": " + value + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
      fields[i] = FieldRules.field(line, name.length(), value.length());
    }
    return fields;
  }

  private static int[] byId() {
    int[] index = new int[HeaderName.values().length];
    for (int i = SIZE; i >= 1; i--) {
      index[FIELDS[i].id.ordinal()] = i;
    }
    index[HeaderName.OTHER.ordinal()] = 0;
    return index;
  }

  /** The lowest index of each name, by the length of the name. */
  private static int[][] byLength() {
    List<List<Integer>> lists = new ArrayList<>();
    String last = "";
    for (int i = 1; i <= SIZE; i++) {
      String name = TEXTS[2 * i - 2];
      while (lists.size() <= name.length()) {
        lists.add(new ArrayList<>());
      }
      if (!name.equals(last)) {
        lists.get(name.length()).add(i);
      }
      last = name;
    }
    return lists.stream()
        .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
        .toArray(int[][]::new);
  }

  /** The entry with this index, 1 to {@link #SIZE}. */
  static Field get(int index) {
    return FIELDS[index];
  }

  /** The lowest index with the name of field {@code i}, or 0. */
  static int indexOfName(HeaderBlock block, int i) {
    HeaderName id = block.id(i);
    if (id != HeaderName.OTHER) {
      return BY_ID[id.ordinal()];
    }
    int length = block.nameLength(i);
    if (length >= BY_LENGTH.length) {
      return 0;
    }
    int at = block.nameOffset(i);
    for (int index : BY_LENGTH[length]) {
      if (equalsIgnoreCase(FIELDS[index].line, length, block.array(), at)) {
        return index;
      }
    }
    return 0;
  }

  private static boolean equalsIgnoreCase(byte[] lower, int length, byte[] bytes, int from) {
    for (int i = 0; i < length; i++) {
      if (FieldRules.lower(bytes[from + i]) != lower[i]) {
        return false;
      }
    }
    return true;
  }
}
