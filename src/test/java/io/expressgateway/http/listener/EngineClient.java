package io.expressgateway.http.listener;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLParameters;

/**
 * A TLS client on a plain socket whose ClientHello a test may cut into pieces before it is sent.
 */
final class EngineClient implements Closeable {

  final Socket socket;
  final SSLEngine engine;
  private final ByteBuffer received = ByteBuffer.allocate(64 * 1024).flip();

  EngineClient(SSLContext context, int port, String name) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(15_000);
    engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(name)));
    engine.setSSLParameters(parameters);
  }

  /** The first flight, one record: its header and the ClientHello. */
  byte[] hello() throws IOException {
    engine.beginHandshake();
    return wrap(ByteBuffer.allocate(0));
  }

  /** The message of a record in records of these sizes, the rest in a last one. */
  static byte[] records(byte[] record, int... sizes) {
    ByteBuffer cut = ByteBuffer.allocate(record.length * 8);
    int at = 5;
    for (int i = 0; at < record.length; i++) {
      int left = record.length - at;
      int size = i < sizes.length ? Math.min(sizes[i], left) : left;
      cut.put(record, 0, 3).putShort((short) size).put(record, at, size);
      at += size;
    }
    byte[] all = new byte[cut.position()];
    cut.flip().get(all);
    return all;
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /** Goes on after the hello was sent, to the end of the handshake. */
  void finishHandshake() throws IOException {
    HandshakeStatus status = engine.getHandshakeStatus();
    while (status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED) {
      switch (status) {
        case NEED_TASK -> {
          for (Runnable task = engine.getDelegatedTask();
              task != null;
              task = engine.getDelegatedTask()) {
            task.run();
          }
        }
        case NEED_WRAP -> send(wrap(ByteBuffer.allocate(0)));
        default -> unwrap();
      }
      status = engine.getHandshakeStatus();
    }
  }

  X509Certificate shown() throws IOException {
    return (X509Certificate) engine.getSession().getPeerCertificates()[0];
  }

  /** Sends a request; what has come back when the text has this in it. */
  String exchange(String request, String until) throws IOException {
    send(wrap(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII))));
    StringBuilder text = new StringBuilder();
    while (text.indexOf(until) < 0) {
      text.append(unwrap());
    }
    return text.toString();
  }

  private byte[] wrap(ByteBuffer plain) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(64 * 1024);
    engine.wrap(plain, out);
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private String unwrap() throws IOException {
    ByteBuffer plain = ByteBuffer.allocate(64 * 1024);
    SSLEngineResult result = engine.unwrap(received, plain);
    if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
      received.compact();
      int count =
          socket.getInputStream().read(received.array(), received.position(), received.remaining());
      if (count < 0) {
        throw new EOFException("the connection was closed");
      }
      received.position(received.position() + count).flip();
    } else if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
      throw new EOFException("the engine was closed");
    }
    return StandardCharsets.ISO_8859_1.decode(plain.flip()).toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
