package io.expressgateway.tls;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/**
 * A TCP connection that remembers the last TLS record that came, by its header, which is in the
 * clear (RFC 8446 section 5). So a test sees whether an end of input was announced, which the JDK's
 * TLS does not tell.
 */
final class RecordedSocket extends Socket {

  private static final int ALERT = 21;
  private static final int APPLICATION_DATA = 23;

  /** Two bytes of alert, one of type and sixteen of authentication (RFC 8446 section 5.2). */
  private static final int SEALED_ALERT_BYTES = 19;

  private volatile boolean isAlertLast;
  private InputStream in;

  RecordedSocket(String host, int port) throws IOException {
    super(host, port);
  }

  /** Whether the last record that came whole is an alert: after a handshake, a close_notify. */
  boolean isAlertLast() {
    return isAlertLast;
  }

  @Override
  public synchronized InputStream getInputStream() throws IOException {
    if (in == null) {
      in = new Records(super.getInputStream());
    }
    return in;
  }

  private final class Records extends FilterInputStream {
    private final byte[] header = new byte[5];
    private int inHeader;
    private int left;

    Records(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int from, int most) throws IOException {
      int count = super.read(to, from, most);
      for (int i = 0; i < count; i++) {
        follow(to[from + i]);
      }
      return count;
    }

    private void follow(byte next) {
      if (left > 0) {
        left--;
        return;
      }
      header[inHeader++] = next;
      if (inHeader == header.length) {
        inHeader = 0;
        left = (header[3] & 0xff) << 8 | header[4] & 0xff;
        isAlertLast =
            header[0] == ALERT || (header[0] == APPLICATION_DATA && left == SEALED_ALERT_BYTES);
      }
    }
  }
}
