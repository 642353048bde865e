package io.expressgateway.stream;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** ClientHellos as clients send them, and as nobody should. */
final class Hello {

  private static final int HEADER = 5;

  private Hello() {}

  /** One record with the JDK's hello for this name; null for a hello without one. */
  static byte[] of(String name) throws Exception {
    SSLEngine engine =
        name == null
            ? SSLContext.getDefault().createSSLEngine()
            : SSLContext.getDefault().createSSLEngine(name, 443);
    engine.setUseClientMode(true);
    if (name != null) {
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(name)));
      engine.setSSLParameters(parameters);
    }
    ByteBuffer out = ByteBuffer.allocate(32 * 1024);
    engine.wrap(ByteBuffer.allocate(0), out);
    return Arrays.copyOf(out.array(), out.position());
  }

  /** The same message in records of these sizes, the last one taking the rest. */
  static byte[] inRecords(byte[] hello, int... sizes) {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    int at = HEADER;
    for (int i = 0; at < hello.length; i++) {
      int size = Math.min(i < sizes.length ? sizes[i] : hello.length, hello.length - at);
      records.writeBytes(new byte[] {22, 3, 1, (byte) (size >> 8), (byte) size});
      records.write(hello, at, size);
      at += size;
    }
    return records.toByteArray();
  }

  /** Every record of one size. */
  static byte[] inRecordsOf(byte[] hello, int size) {
    int[] sizes = new int[hello.length];
    Arrays.fill(sizes, size);
    return inRecords(hello, sizes);
  }

  /** A minimal hello by hand with one server name extension of these bytes. */
  static byte[] withNameExtension(byte[] extension) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(new byte[] {3, 3});
    body.writeBytes(new byte[32]);
    body.write(0);
    body.writeBytes(new byte[] {0, 2, 0x13, 1, 1, 0});
    body.writeBytes(new byte[] {0, (byte) (4 + extension.length)});
    body.writeBytes(new byte[] {0, 0, 0, (byte) extension.length});
    body.writeBytes(extension);
    byte[] hello = body.toByteArray();
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    int length = hello.length + 4;
    record.writeBytes(new byte[] {22, 3, 1, (byte) (length >> 8), (byte) length});
    record.writeBytes(new byte[] {1, 0, (byte) (hello.length >> 8), (byte) hello.length});
    record.writeBytes(hello);
    return record.toByteArray();
  }

  /** The extension for one name. */
  static byte[] name(String name) {
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream extension = new ByteArrayOutputStream();
    extension.writeBytes(new byte[] {0, (byte) (text.length + 3), 0, 0, (byte) text.length});
    extension.writeBytes(text);
    return extension.toByteArray();
  }
}
