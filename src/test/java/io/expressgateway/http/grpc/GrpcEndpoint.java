package io.expressgateway.http.grpc;

import io.grpc.BindableService;
import io.grpc.HandlerRegistry;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A gRPC endpoint on gRPC's own server whose messages are text and which does to each call what its
 * script says.
 */
public final class GrpcEndpoint implements AutoCloseable {

  /** Text as a message. */
  public static final MethodDescriptor.Marshaller<String> TEXT =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(String value) {
          return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
          try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  /** What happens to a call; on the server's threads. */
  public interface Script {
    /** A message has come. */
    default void onMessage(Call call, String message) {}

    /** The client has sent everything. */
    default void onEnd(Call call) {}
  }

  /** Sends each message back, and ends when the client has. */
  public static final Script ECHO =
      new Script() {
        @Override
        public void onMessage(Call call, String message) {
          call.send(message);
        }

        @Override
        public void onEnd(Call call) {
          call.end(Status.OK);
        }
      };

  /** Says nothing, ever. */
  public static final Script SILENT = new Script() {};

  public final List<Call> calls = new CopyOnWriteArrayList<>();
  private final Server server;

  private GrpcEndpoint(ServerCredentials shown, Script script, BindableService... services)
      throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0), shown);
    for (BindableService service : services) {
      builder.addService(service);
    }
    server =
        builder
            .fallbackHandlerRegistry(
                new HandlerRegistry() {
                  @Override
                  public ServerMethodDefinition<?, ?> lookupMethod(String name, String authority) {
                    return ServerMethodDefinition.create(
                        method(name, MethodType.BIDI_STREAMING), handler(script));
                  }
                })
            .build()
            .start();
  }

  public static GrpcEndpoint start(Script script) throws IOException {
    return new GrpcEndpoint(InsecureServerCredentials.create(), script);
  }

  public static GrpcEndpoint serving(BindableService... services) throws IOException {
    return new GrpcEndpoint(InsecureServerCredentials.create(), SILENT, services);
  }

  /** Over TLS. */
  public static GrpcEndpoint secured(X509Bundle certificate, BindableService... services)
      throws IOException {
    ServerCredentials shown =
        TlsServerCredentials.create(
            bytes(certificate.getCertificatePathPEM()), bytes(certificate.getPrivateKeyPEM()));
    return new GrpcEndpoint(shown, ECHO, services);
  }

  private static InputStream bytes(String pem) {
    return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
  }

  /** A method of text messages. */
  public static MethodDescriptor<String, String> method(String name, MethodType type) {
    return MethodDescriptor.newBuilder(TEXT, TEXT).setFullMethodName(name).setType(type).build();
  }

  private ServerCallHandler<String, String> handler(Script script) {
    return (call, headers) -> {
      Call begun = new Call(call, headers);
      calls.add(begun);
      call.request(1);
      return new ServerCall.Listener<>() {
        @Override
        public void onMessage(String message) {
          begun.received.add(message);
          script.onMessage(begun, message);
          call.request(1);
        }

        @Override
        public void onHalfClose() {
          script.onEnd(begun);
        }

        @Override
        public void onCancel() {
          begun.cancelled = true;
        }
      };
    };
  }

  public int port() {
    return server.getPort();
  }

  /** Ends everything at once, in the middle of what it does. */
  public void breakOff() {
    server.shutdownNow();
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One call. */
  public static final class Call {
    public final Metadata headers;
    public final List<String> received = new CopyOnWriteArrayList<>();
    public final String path;
    public volatile boolean cancelled;
    private final ServerCall<String, String> call;
    private boolean headSent;

    Call(ServerCall<String, String> call, Metadata headers) {
      this.call = call;
      this.headers = headers;
      this.path = call.getMethodDescriptor().getFullMethodName();
    }

    public String header(String name) {
      return headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }

    public synchronized void head() {
      if (!headSent) {
        headSent = true;
        call.sendHeaders(new Metadata());
      }
    }

    public synchronized void send(String message) {
      head();
      call.sendMessage(message);
    }

    /** Ends the call; trailers hold {@code x-trailer}. */
    public synchronized void end(Status status) {
      Metadata trailers = new Metadata();
      trailers.put(Metadata.Key.of("x-trailer", Metadata.ASCII_STRING_MARSHALLER), "last");
      call.close(status, trailers);
    }
  }
}
