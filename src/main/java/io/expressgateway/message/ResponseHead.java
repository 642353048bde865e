package io.expressgateway.message;

/**
 * The head of a response: status, reason phrase and header fields. Mutable, confined to the
 * exchange's event loop.
 */
public final class ResponseHead {

  /** The body has no announced length. */
  public static final long UNKNOWN_LENGTH = -1;

  private final HeaderBlock headers;
  private int status = 200;
  private String reason = "";
  private long contentLength = UNKNOWN_LENGTH;

  /** A head over this block; the block's fields are this response's. */
  public ResponseHead(HeaderBlock headers) {
    this.headers = headers;
  }

  /** Header fields, without pseudo-headers. */
  public HeaderBlock headers() {
    return headers;
  }

  /** 100 to 999. */
  public int status() {
    return status;
  }

  /** Replaces the status; the reason phrase becomes the one of the new status. */
  public void status(int status) {
    this.status = status;
    this.reason = "";
  }

  /** The reason phrase of an HTTP/1.1 endpoint; empty when there was none. */
  public String reason() {
    return reason;
  }

  /** For codecs. */
  public void reset(int status, String reason, long contentLength) {
    this.status = status;
    this.reason = reason;
    this.contentLength = contentLength;
  }

  /** Bytes of body announced; 0 for none, {@link #UNKNOWN_LENGTH} when it ends by itself. */
  public long contentLength() {
    return contentLength;
  }

  /** For codecs and filters that change the body. */
  public void contentLength(long length) {
    this.contentLength = length;
  }
}
