package io.expressgateway.http.h2;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.netty.handler.codec.EmptyHeaders;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A field section on its way through Netty's codec (RFC 9113 section 8.3): pseudo-headers as texts,
 * fields as the exchange's own block. The codec takes it for its kind of headers and asks nothing
 * of it but what is answered here; our reader fills it, our writer reads it, and no field is an
 * object in between.
 *
 * <p>Confined to the connection's event loop.
 */
final class FieldBlock extends EmptyHeaders<CharSequence, CharSequence, Http2Headers>
    implements Http2Headers {

  private final HeaderBlock block;
  private @Nullable String method;
  private @Nullable String scheme;
  private @Nullable String authority;
  private @Nullable String path;
  private @Nullable String protocol;
  private @Nullable String status;
  private @Nullable String date;
  private int count;
  private int traits;

  FieldBlock(HeaderBlock block) {
    this.block = block;
  }

  // ---------------------------------------------------------------- to send

  /** A response's fields; {@code date} is sent in front of them unless it is null. */
  static FieldBlock response(int status, HeaderBlock block, @Nullable String date) {
    FieldBlock fields = new FieldBlock(block);
    fields.status = StatusTexts.of(status);
    fields.date = date;
    return fields;
  }

  /** A request's fields; an empty authority is not sent. */
  static FieldBlock request(
      String method, String scheme, String authority, String path, HeaderBlock block) {
    FieldBlock fields = new FieldBlock(block);
    fields.method = method;
    fields.scheme = scheme;
    fields.authority = authority.isEmpty() ? null : authority;
    fields.path = path;
    return fields;
  }

  /** Trailers, copied: they may wait behind body for a window, and the block serves on. */
  static FieldBlock trailers(HeaderBlock block) {
    HeaderBlock copy = new HeaderBlock(Math.max(64, block.used()), Math.max(4, block.size()));
    copy.addAll(block);
    return new FieldBlock(copy);
  }

  // ---------------------------------------------------------------- received

  /** One more field, pseudo-header or not. */
  void add(Field field) {
    traits |= field.traits;
    if ((field.traits & Field.PSEUDO) != 0) {
      pseudo(field);
      return;
    }
    count++;
    block.append(field.line, field.nameLength, field.valueLength, field.id);
  }

  private void pseudo(Field field) {
    String value = field.value();
    String before;
    if (field.isNamed(PseudoNames.METHOD)) {
      before = method;
      method = value;
    } else if (field.isNamed(PseudoNames.PATH)) {
      before = path;
      path = value;
    } else if (field.isNamed(PseudoNames.SCHEME)) {
      before = scheme;
      scheme = value;
    } else if (field.isNamed(PseudoNames.AUTHORITY)) {
      before = authority;
      authority = value;
    } else if (field.isNamed(PseudoNames.STATUS)) {
      before = status;
      status = value;
    } else if (field.isNamed(PseudoNames.PROTOCOL)) {
      before = protocol;
      protocol = value;
    } else {
      before = value;
    }
    if (before != null || block.size() > 0) {
      // Unknown, repeated, or behind a field that is none (RFC 9113 section 8.3).
      traits |= Field.MALFORMED;
    }
  }

  /** The fields but the pseudo-headers. */
  HeaderBlock block() {
    return block;
  }

  /** How many fields came, each cookie crumb for one, without the pseudo-headers. */
  int count() {
    return count;
  }

  /** Whether something came that no message may hold (RFC 9113 section 8.1.1). */
  boolean isMalformed() {
    return (traits & Field.MALFORMED) != 0;
  }

  /** Whether there is a pseudo-header. */
  boolean hasPseudo() {
    return (traits & Field.PSEUDO) != 0;
  }

  /** Whether there is a pseudo-header of a request, which no response may have. */
  boolean isRequest() {
    return method != null
        || path != null
        || scheme != null
        || authority != null
        || protocol != null;
  }

  /** Whether a name holds an underscore. */
  boolean hasUnderscore() {
    return (traits & Field.UNDERSCORE) != 0;
  }

  /** Makes one field of all cookie crumbs (RFC 9113 section 8.2.3). */
  void joinCookies() {
    if ((traits & Field.COOKIE) == 0) {
      return;
    }
    int first = block.indexOf(HeaderName.COOKIE);
    int next = block.indexOf(HeaderName.COOKIE, first + 1);
    if (next < 0) {
      return;
    }
    StringBuilder joined = new StringBuilder(block.value(first));
    while (next >= 0) {
      joined.append("; ").append(block.value(next));
      block.remove(next);
      next = block.indexOf(HeaderName.COOKIE, next);
    }
    block.setValue(first, joined.toString());
  }

  /** Takes away the fields whose names hold an underscore. */
  void dropUnderscores() {
    for (int i = block.size() - 1; i >= 0; i--) {
      if (block.name(i).indexOf('_') >= 0) {
        block.remove(i);
      }
    }
  }

  // ---------------------------------------------------------------- what the codec asks

  @Override
  public @Nullable String method() {
    return method;
  }

  @Override
  public @Nullable String scheme() {
    return scheme;
  }

  @Override
  public @Nullable String authority() {
    return authority;
  }

  @Override
  public @Nullable String path() {
    return path;
  }

  @Override
  public @Nullable String status() {
    return status;
  }

  /** The protocol of an extended CONNECT (RFC 8441 section 4). */
  @Nullable String protocol() {
    return protocol;
  }

  /** The date that is sent in front of the fields. */
  @Nullable String date() {
    return date;
  }

  /** Says what an extended CONNECT asks for. */
  void protocol(String protocol) {
    this.protocol = protocol;
  }

  /** The codec holds the body against Content-Length; it asks for no other name. */
  @Override
  public List<CharSequence> getAll(CharSequence name) {
    return AsciiString.contentEqualsIgnoreCase(name, HeaderName.CONTENT_LENGTH.text())
            && block.contains(HeaderName.CONTENT_LENGTH)
        ? List.copyOf(block.all(HeaderName.CONTENT_LENGTH.text()))
        : List.of();
  }

  /** The codec writes back what it has read. */
  @Override
  public Http2Headers setLong(CharSequence name, long value) {
    return this;
  }

  @Override
  public int size() {
    return block.size();
  }

  @Override
  public boolean isEmpty() {
    return block.size() == 0;
  }

  @Override
  public boolean contains(CharSequence name, CharSequence value, boolean caseInsensitive) {
    return false;
  }

  @Override
  public Iterator<CharSequence> valueIterator(CharSequence name) {
    return List.<CharSequence>of().iterator();
  }

  @Override
  public Http2Headers method(CharSequence value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Http2Headers scheme(CharSequence value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Http2Headers authority(CharSequence value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Http2Headers path(CharSequence value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Http2Headers status(CharSequence value) {
    throw new UnsupportedOperationException();
  }
}
