package io.expressgateway.http.websocket;

import io.expressgateway.tls.Link;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Either side of HTTP/2 on a socket, by hand: streams with blocking input and output. A stream's
 * window is returned as its bytes are taken, the connection's as they arrive.
 */
final class Http2Wire implements Closeable {

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int WINDOW_UPDATE = 8;
  static final int CANCEL = 8;

  private static final int WINDOW = 65_535;
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** What a server does with a stream that a client opened; on a thread of its own. */
  interface Accept {
    void on(Stream stream) throws Exception;
  }

  final Link link;
  final CompletableFuture<Map<Integer, Integer>> settings = new CompletableFuture<>();
  final CompletableFuture<Void> goAway = new CompletableFuture<>();
  private final DataInputStream in;
  private final OutputStream out;
  private final boolean client;
  private final Accept accept;
  private final Map<Integer, Stream> streams = new ConcurrentHashMap<>();
  private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
  private final Object windows = new Object();
  private long sendWindow = WINDOW;
  private int peerWindow = WINDOW;
  private int next = 1;

  private Http2Wire(Link link, boolean client, Accept accept) throws IOException {
    this.link = link;
    this.client = client;
    this.accept = accept;
    in = new DataInputStream(new java.io.BufferedInputStream(link.stream().getInputStream()));
    out = link.stream().getOutputStream();
  }

  static Http2Wire client(Link link) throws IOException {
    Http2Wire wire = new Http2Wire(link, true, null);
    wire.out.write(PREFACE);
    wire.frame(SETTINGS, 0, 0, new byte[0]);
    Thread.ofVirtual().start(wire::read);
    return wire;
  }

  /** A server; its SETTINGS are {@link #settings}'s to send. */
  static Http2Wire server(Link link, Accept accept) throws IOException {
    Http2Wire wire = new Http2Wire(link, false, accept);
    Thread.ofVirtual().start(wire::read);
    return wire;
  }

  void sendSettings(boolean offersConnect) throws IOException {
    frame(SETTINGS, 0, 0, offersConnect ? new byte[] {0, 8, 0, 0, 0, 1} : new byte[0]);
    settings.thenRun(() -> {
      try {
        frame(SETTINGS, 1, 0, new byte[0]);
      } catch (IOException gone) {
        // The test is over.
      }
    });
  }

  /** Whether the peer's SETTINGS offer extended CONNECT; waits for them. */
  boolean offersConnect() throws Exception {
    return settings.get(10, TimeUnit.SECONDS).getOrDefault(8, 0) == 1;
  }

  Stream open(Http2Headers head, boolean end) throws IOException {
    Stream stream;
    synchronized (out) {
      stream = new Stream(next);
      next += 2;
      streams.put(stream.id, stream);
      stream.sendHead(head, end);
    }
    return stream;
  }

  static Http2Headers head(String... fields) {
    Http2Headers head = new DefaultHttp2Headers(false);
    for (int i = 0; i < fields.length; i += 2) {
      head.add(fields[i], fields[i + 1]);
    }
    return head;
  }

  void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuf frame = Unpooled.buffer(9 + payload.length);
    frame.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
    frame.writeBytes(payload);
    synchronized (out) {
      out.write(ByteBufUtil.getBytes(frame));
      out.flush();
    }
  }

  private void read() {
    try {
      if (!client) {
        in.readFully(new byte[PREFACE.length]);
      }
      while (true) {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int id = in.readInt();
        byte[] payload = new byte[length];
        in.readFully(payload);
        arrived(type, flags, id, payload);
      }
    } catch (Exception gone) {
      for (Stream stream : streams.values()) {
        stream.fail(new IOException("the connection is gone", gone));
      }
    }
  }

  private void arrived(int type, int flags, int id, byte[] payload) throws Exception {
    Stream stream = streams.get(id);
    switch (type) {
      case DATA -> {
        // First what came: the peer may have closed, and then there is no window to return.
        if (stream != null) {
          stream.input.add(payload, (flags & 1) != 0);
        }
        if (payload.length > 0) {
          frame(WINDOW_UPDATE, 0, 0, number(payload.length));
        }
      }
      case HEADERS -> headers(stream, flags, id, payload);
      case RST_STREAM -> {
        if (stream != null) {
          stream.resetCode = number(payload, 0);
          stream.fail(new IOException("reset with " + stream.resetCode));
        }
      }
      case SETTINGS -> {
        if ((flags & 1) == 0) {
          settings(payload);
        }
      }
      case 6 -> {
        if ((flags & 1) == 0) {
          frame(6, 1, 0, payload);
        }
      }
      case 7 -> goAway.complete(null);
      case WINDOW_UPDATE -> {
        synchronized (windows) {
          if (id == 0) {
            sendWindow += number(payload, 0);
          } else if (stream != null) {
            stream.window += number(payload, 0);
          }
          windows.notifyAll();
        }
      }
      default -> {}
    }
  }

  private void headers(Stream known, int flags, int id, byte[] payload) throws Http2Exception {
    Http2Headers head = decoder.decodeHeaders(id, Unpooled.wrappedBuffer(payload));
    Stream stream = known;
    if (stream == null) {
      stream = new Stream(id);
      streams.put(id, stream);
      Stream opened = stream;
      Thread.ofVirtual()
          .start(() -> {
            try {
              accept.on(opened);
            } catch (Exception gone) {
              // What tests look at is what had arrived.
            }
          });
    }
    stream.head.complete(head);
    if ((flags & 1) != 0) {
      stream.input.add(new byte[0], true);
    }
  }

  private void settings(byte[] payload) throws IOException {
    Map<Integer, Integer> all = new ConcurrentHashMap<>();
    for (int at = 0; at < payload.length; at += 6) {
      all.put((payload[at] & 0xff) << 8 | payload[at + 1] & 0xff, number(payload, at + 2));
    }
    synchronized (windows) {
      int initial = all.getOrDefault(4, WINDOW);
      for (Stream stream : streams.values()) {
        stream.window += initial - peerWindow;
      }
      peerWindow = initial;
      windows.notifyAll();
    }
    if (client) {
      frame(SETTINGS, 1, 0, new byte[0]);
    }
    settings.complete(all);
  }

  private static int number(byte[] bytes, int at) {
    return Unpooled.wrappedBuffer(bytes).getInt(at);
  }

  private static byte[] number(int value) {
    return new byte[] {
      (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
    };
  }

  @Override
  public void close() throws IOException {
    link.close();
  }

  /** One stream. */
  final class Stream {
    final int id;
    final CompletableFuture<Http2Headers> head = new CompletableFuture<>();
    final Input input = new Input();
    volatile int resetCode = -1;
    private long window;
    private volatile IOException failure;

    Stream(int id) {
      this.id = id;
      synchronized (windows) {
        window = peerWindow;
      }
    }

    /** The head that the peer sends; waits for it. */
    Http2Headers awaitHead() throws Exception {
      return head.get(15, TimeUnit.SECONDS);
    }

    void sendHead(Http2Headers fields, boolean end) throws IOException {
      ByteBuf block = Unpooled.buffer();
      synchronized (out) {
        try {
          encoder.encodeHeaders(id, fields, block);
        } catch (Http2Exception e) {
          throw new IOException(e);
        }
        frame(HEADERS, end ? 5 : 4, id, ByteBufUtil.getBytes(block));
      }
    }

    void send(byte[] bytes, int from, int count) throws IOException {
      int at = from;
      while (at < from + count) {
        int piece;
        synchronized (windows) {
          while (failure == null && Math.min(window, sendWindow) <= 0) {
            try {
              windows.wait();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }
          piece = (int) Math.min(Math.min(window, sendWindow), Math.min(16_384, from + count - at));
          window -= piece;
          sendWindow -= piece;
        }
        if (failure != null) {
          throw failure;
        }
        frame(DATA, 0, id, java.util.Arrays.copyOfRange(bytes, at, at + piece));
        at += piece;
      }
    }

    void end() throws IOException {
      frame(DATA, 1, id, new byte[0]);
    }

    void reset(int code) throws IOException {
      frame(RST_STREAM, 0, id, number(code));
    }

    private void fail(IOException cause) {
      failure = cause;
      head.completeExceptionally(cause);
      input.fail(cause);
      synchronized (windows) {
        windows.notifyAll();
      }
    }

    /** What arrives. */
    final class Input extends InputStream {
      private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
      private byte[] current = {};
      private int at;
      private boolean ended;
      private IOException cause;

      private synchronized void add(byte[] piece, boolean last) {
        if (piece.length > 0) {
          pieces.add(piece);
        }
        ended |= last;
        notifyAll();
      }

      private synchronized void fail(IOException why) {
        cause = why;
        notifyAll();
      }

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] to, int from, int count) throws IOException {
        if (count == 0) {
          return 0;
        }
        int taken;
        int returned = 0;
        synchronized (this) {
          long deadline = System.nanoTime() + 20_000_000_000L;
          while (at == current.length && pieces.isEmpty() && !ended && cause == null) {
            if (System.nanoTime() > deadline) {
              throw new EOFException("nothing arrives");
            }
            try {
              wait(500);
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }
          if (at == current.length) {
            if (pieces.isEmpty()) {
              if (ended) {
                return -1;
              }
              throw cause;
            }
            current = pieces.poll();
            at = 0;
          }
          taken = Math.min(count, current.length - at);
          System.arraycopy(current, at, to, from, taken);
          at += taken;
          if (at == current.length) {
            returned = at;
          }
        }
        if (returned > 0 && resetCode < 0) {
          try {
            frame(WINDOW_UPDATE, 0, id, number(returned));
          } catch (IOException gone) {
            // Nothing more will come; what has come counts.
          }
        }
        return taken;
      }
    }
  }
}
