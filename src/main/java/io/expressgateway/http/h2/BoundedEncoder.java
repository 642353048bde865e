package io.expressgateway.http.h2;

import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * The codec's encoder, but for the dynamic table: a client may offer one of four gigabytes, and
 * filling it would be on our memory. A smaller one than offered may be used (RFC 7541 section 4.2).
 * Confined to the connection's event loop.
 */
final class BoundedEncoder extends DefaultHttp2ConnectionEncoder {

  /** RFC 9113 section 6.5.2: the default, which every peer has to expect. */
  private static final long MAX_TABLE_BYTES = 4096;

  BoundedEncoder(Http2Connection connection, Http2FrameWriter writer) {
    super(connection, writer);
  }

  @Override
  public void remoteSettings(Http2Settings settings) throws Http2Exception {
    Long offered = settings.headerTableSize();
    if (offered != null && offered > MAX_TABLE_BYTES) {
      settings.headerTableSize(MAX_TABLE_BYTES);
    }
    super.remoteSettings(settings);
  }
}
