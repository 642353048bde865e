package io.expressgateway.message;

/** The protocol of one side of an exchange, with the name that logs and metrics use. */
public enum HttpVersion {
  /** RFC 1945 rules: no chunked coding, close unless asked otherwise. */
  HTTP_1_0("HTTP/1.0", "1.0"),
  /** RFC 9112. */
  HTTP_1_1("HTTP/1.1", "1.1"),
  /** RFC 9113. */
  HTTP_2("HTTP/2", "2.0"),
  /** RFC 9114. */
  HTTP_3("HTTP/3", "3.0");

  private final String text;
  private final String viaToken;

  HttpVersion(String text, String viaToken) {
    this.text = text;
    this.viaToken = viaToken;
  }

  /** {@code HTTP/1.1} and so on. */
  public String text() {
    return text;
  }

  /** What the Via header says of the protocol (RFC 9110 section 7.6.3). */
  public String viaToken() {
    return viaToken;
  }
}
