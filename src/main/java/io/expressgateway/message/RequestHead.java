package io.expressgateway.message;

import org.jspecify.annotations.Nullable;

/**
 * The head of a request: method, scheme, authority, path, query and header fields. Path and query
 * are raw, as they came (percent-encoded); filters edit them here and the upstream side writes what
 * is here when it sends.
 *
 * <p>The Host field of an HTTP/1.1 request is not the truth about the authority, {@link
 * #authority()} is: codecs fill it from Host, the absolute form or {@code :authority}, and the
 * upstream side writes it back in its protocol's way.
 *
 * <p>Mutable, confined to the exchange's event loop.
 */
public final class RequestHead {

  private final HeaderBlock headers;
  private String method = "GET";
  private String scheme = "http";
  private String authority = "";
  private String path = "/";
  private @Nullable String query;
  private HttpVersion version = HttpVersion.HTTP_1_1;
  private long contentLength;

  /** The body has no announced length: chunked in HTTP/1.1, DATA until END_STREAM later. */
  public static final long UNKNOWN_LENGTH = -1;

  /** A head over this block; the block's fields are this request's. */
  public RequestHead(HeaderBlock headers) {
    this.headers = headers;
  }

  /**
   * Whether every Expect field, if there is any, asks for {@code 100-continue} and nothing else
   * (RFC 9110 section 10.1.1).
   */
  public static boolean isExpectationMet(HeaderBlock headers) {
    for (int i = headers.indexOf(HeaderName.EXPECT);
        i >= 0;
        i = headers.indexOf(HeaderName.EXPECT, i + 1)) {
      if (!headers.valueEqualsIgnoreCase(i, "100-continue")) {
        return false;
      }
    }
    return true;
  }

  /** Sets everything but the header fields. For codecs. */
  public void reset(
      String method,
      String scheme,
      String authority,
      String path,
      @Nullable String query,
      HttpVersion version) {
    this.method = method;
    this.scheme = scheme;
    this.authority = authority;
    this.path = path;
    this.query = query;
    this.version = version;
    this.contentLength = 0;
  }

  /** Header fields, without pseudo-headers. */
  public HeaderBlock headers() {
    return headers;
  }

  /** The method, case-sensitive (RFC 9110 section 9.1). */
  public String method() {
    return method;
  }

  /** Replaces the method. */
  public void method(String method) {
    this.method = method;
  }

  /** {@code http} or {@code https}: how the client reached us. */
  public String scheme() {
    return scheme;
  }

  /** Host and optional port as the client named them; empty only for HTTP/1.0 without Host. */
  public String authority() {
    return authority;
  }

  /** Replaces the authority that the endpoint will see. */
  public void authority(String authority) {
    this.authority = authority;
  }

  /** The host of {@link #authority()}, without port, IPv6 literals with their brackets. */
  public String host() {
    int colon = authority.lastIndexOf(':');
    return colon < 0 || colon < authority.indexOf(']') ? authority : authority.substring(0, colon);
  }

  /** The raw path: begins with a slash, or is {@code *} for OPTIONS. */
  public String path() {
    return path;
  }

  /** Replaces the raw path; the caller has encoded it. */
  public void path(String path) {
    this.path = path;
  }

  /** The raw query without its question mark; null when there is none. */
  public @Nullable String query() {
    return query;
  }

  /** Replaces the raw query; null for none. The caller has encoded it. */
  public void query(@Nullable String query) {
    this.query = query;
  }

  /** Path and query as a request line has them. */
  public String target() {
    return query == null ? path : path + "?" + query;
  }

  /** The protocol on which the request came. */
  public HttpVersion version() {
    return version;
  }

  /** Bytes of body announced; 0 for none, {@link #UNKNOWN_LENGTH} when it ends by itself. */
  public long contentLength() {
    return contentLength;
  }

  /** For codecs. */
  public void contentLength(long length) {
    this.contentLength = length;
  }
}
