package io.expressgateway.http.h2;

import io.expressgateway.tls.Link;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersDecoder;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A client that writes frames by hand (RFC 9113 section 4.1). */
final class RawHttp2 implements Closeable {

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;
  static final int PRIORITY_UPDATE = 16;
  static final int PROTOCOL_ERROR = 1;
  static final int REFUSED_STREAM = 7;
  static final int ENHANCE_YOUR_CALM = 11;

  final Socket socket;
  final Link link;
  private final Http2HeadersDecoder fields = new DefaultHttp2HeadersDecoder(false);
  private final DataInputStream in;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

  RawHttp2(int port) throws IOException {
    this(new Socket("127.0.0.1", port));
  }

  /** A client on a connection that is made already. */
  RawHttp2(Socket connected) throws IOException {
    this(Link.clear(connected));
  }

  /** A client on a connection, over TLS or not, that is made already. */
  RawHttp2(Link made) throws IOException {
    link = made;
    socket = made.stream();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(15_000);
    in = new DataInputStream(socket.getInputStream());
    pending.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  /** Queues a frame. */
  RawHttp2 frame(int type, int flags, int stream, byte[] payload) {
    int length = payload.length;
    pending.write(length >> 16);
    pending.write(length >> 8);
    pending.write(length);
    pending.write(type);
    pending.write(flags);
    number(pending, stream);
    pending.writeBytes(payload);
    return this;
  }

  RawHttp2 settings() {
    return frame(SETTINGS, 0, 0, new byte[0]);
  }

  /** A request for {@code /}: indexed fields and an authority as a literal (RFC 7541). */
  RawHttp2 request(int stream, String method, boolean ended) {
    return frame(HEADERS, ended ? 5 : 4, stream, block(method));
  }

  static byte[] block(String method) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(method.equals("GET") ? 0x82 : 0x83);
    block.write(0x86);
    block.write(0x84);
    literal(block, ":authority", "test");
    return block.toByteArray();
  }

  static void literal(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    block.write(name.length());
    block.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
    block.write(value.length());
    block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] number(int value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    number(bytes, value);
    return bytes.toByteArray();
  }

  private static void number(ByteArrayOutputStream to, int value) {
    to.write(value >> 24);
    to.write(value >> 16);
    to.write(value >> 8);
    to.write(value);
  }

  /** Sends what is queued. */
  void send() throws IOException {
    byte[] bytes = pending.toByteArray();
    pending.reset();
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  record Frame(int type, int flags, int stream, byte[] payload) {
    int number(int at) {
      return (payload[at] & 0xff) << 24
          | (payload[at + 1] & 0xff) << 16
          | (payload[at + 2] & 0xff) << 8
          | (payload[at + 3] & 0xff);
    }
  }

  Frame read() throws IOException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = new byte[length];
    in.readFully(payload);
    return new Frame(type, flags, stream, payload);
  }

  /** The next frame of this type; others are dropped. */
  Frame await(int type) throws IOException {
    Frame frame = read();
    while (frame.type() != type) {
      frame = read();
    }
    return frame;
  }

  /** The fields of a HEADERS frame that is whole; frames must be shown in the order they came. */
  Http2Headers fields(Frame frame) throws Exception {
    return fields.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.payload()));
  }

  /** The next HEADERS frame's fields; other frames are dropped. */
  Http2Headers awaitFields() throws Exception {
    return fields(await(HEADERS));
  }

  /** Whether the gateway has ended the connection; what it still sends is dropped. */
  boolean isEnded() throws IOException {
    try {
      while (true) {
        read();
      }
    } catch (EOFException | SocketException ended) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    link.close();
  }
}
