package io.expressgateway.http.listener;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.TlsSpec;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** An HTTP/1.1 client on the JDK's TLS, and gateways whose listener is https. */
final class SecureClient implements Closeable {

  final SSLSocket socket;

  SecureClient(SSLContext context, int port, @Nullable String name, String version)
      throws IOException {
    socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(15_000);
    SSLParameters parameters = socket.getSSLParameters();
    if (name != null) {
      parameters.setServerNames(List.of(new SNIHostName(name)));
    }
    parameters.setProtocols(new String[] {version});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
  }

  static SecureClient connect(SSLContext context, Gateway gateway, @Nullable String name)
      throws IOException {
    return new SecureClient(context, gateway.port(), name, "TLSv1.3");
  }

  static Gateway gateway(RawEndpoint endpoint, TlsSpec tls) {
    return Gateway.builder().endpoints(endpoint.port()).listener(spec -> secure(spec, tls)).start();
  }

  static ListenerSpec secure(ListenerSpec spec, TlsSpec tls) {
    return secure(spec, spec.name(), spec.maxConnections(), spec.maxConnectionsPerIp(), tls);
  }

  static ListenerSpec secure(
      ListenerSpec spec, String name, int maxConnections, int maxPerIp, TlsSpec tls) {
    return new ListenerSpec(
        name,
        spec.bind(),
        ListenerSpec.Protocol.HTTPS,
        maxConnections,
        maxPerIp,
        spec.trustedProxies(),
        spec.trustedProxyPattern(),
        spec.forwarding(),
        spec.accessLog(),
        spec.http(),
        tls);
  }

  /** Sends a request; the response's head and body. */
  String get(String host, String path, String... fields) throws IOException {
    StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n");
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    return exchange(head.append("\r\n").toString());
  }

  /** Sends these characters as they are; the next response. */
  String exchange(String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("end within the head: " + head);
      }
      head.write(next);
    }
    String text = head.toString(StandardCharsets.ISO_8859_1);
    String lower = text.toLowerCase(Locale.ROOT);
    int at = lower.indexOf("content-length: ");
    int length = Integer.parseInt(lower.substring(at + 16, lower.indexOf('\r', at)));
    return text + new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
