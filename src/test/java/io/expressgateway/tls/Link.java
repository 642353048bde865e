package io.expressgateway.tls;

import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * One end of a connection, and every way in which it may end.
 *
 * @param stream what is spoken on: the JDK's TLS, or the TCP connection itself
 * @param tcp the TCP connection below
 */
public record Link(Socket stream, Socket tcp) implements Closeable {

  private static final int PATIENCE_MILLIS = 20_000;

  /** In clear text. */
  public static Link clear(Socket connected) {
    return new Link(connected, connected);
  }

  /** A client in clear text. */
  public static Link connect(int port) throws IOException {
    return clear(prepared(new Socket("127.0.0.1", port)));
  }

  /** A client that trusts these certificates' authority, after its handshake. */
  public static Link secured(TestCertificates certificates, int port, String name, String protocol)
      throws IOException {
    Socket tcp = prepared(new RecordedSocket("127.0.0.1", port));
    SSLContext context = certificates.trusting(null);
    SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(tcp, name, port, false);
    SSLParameters parameters = secured.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(name)));
    handshake(secured, parameters, protocol);
    return new Link(secured, tcp);
  }

  /** An endpoint's side of a connection that it accepted, after the handshake. */
  public static Link accepted(Socket tcp, SSLContext own, String protocol) throws IOException {
    SSLSocket secured =
        (SSLSocket) own.getSocketFactory().createSocket(prepared(tcp), null, tcp.getPort(), false);
    secured.setUseClientMode(false);
    handshake(secured, secured.getSSLParameters(), protocol);
    return new Link(secured, tcp);
  }

  private static Socket prepared(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static void handshake(SSLSocket secured, SSLParameters parameters, String protocol)
      throws IOException {
    parameters.setApplicationProtocols(new String[] {protocol});
    secured.setSSLParameters(parameters);
    secured.startHandshake();
    if (!secured.getApplicationProtocol().equals(protocol)) {
      throw new AssertionError("not agreed on " + protocol);
    }
  }

  /** Says that nothing follows: a FIN, or over TLS a close_notify and no FIN. */
  public void finish() throws IOException {
    stream.shutdownOutput();
  }

  /** A FIN; over TLS without the close_notify that would make it credible. */
  public void cut() throws IOException {
    tcp.shutdownOutput();
  }

  /** Ends both directions at once, as a process that dies does. */
  public void reset() throws IOException {
    tcp.setSoLinger(true, 0);
    tcp.close();
  }

  /** Whether the last thing that came over TLS is a close_notify. */
  public boolean wasNotified() {
    return tcp instanceof RecordedSocket recorded && recorded.isAlertLast();
  }

  @Override
  public void close() throws IOException {
    tcp.close();
  }
}
