package io.expressgateway.http.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** gRPC's own client, over HTTP/2 by prior knowledge, with text messages. */
public final class GrpcClient implements AutoCloseable {

  public final ManagedChannel channel;

  public GrpcClient(int port) {
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().disableRetry().build();
  }

  /** A call of any shape that has begun. */
  public Call begin(String method, CallOptions options) {
    Call call =
        new Call(channel.newCall(GrpcEndpoint.method(method, MethodType.BIDI_STREAMING), options));
    call.start(new Metadata());
    return call;
  }

  public Call begin(String method, Metadata headers) {
    Call call =
        new Call(
            channel.newCall(
                GrpcEndpoint.method(method, MethodType.BIDI_STREAMING), CallOptions.DEFAULT));
    call.start(headers);
    return call;
  }

  public Call begin(String method) {
    return begin(method, CallOptions.DEFAULT);
  }

  /** One message there; what comes back, at its end. */
  public Ended unary(String method, String message, CallOptions options) throws Exception {
    Call call = begin(method, options);
    call.send(message);
    call.half();
    return call.end();
  }

  public Ended unary(String method, String message) throws Exception {
    return unary(method, message, CallOptions.DEFAULT);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  /** How a call ended. */
  public record Ended(Status status, Metadata trailers, List<String> received) {
    public Status.Code code() {
      return status.getCode();
    }

    public String trailer(String name) {
      return trailers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }
  }

  /** A running call. */
  public static final class Call {
    public final List<String> received = new CopyOnWriteArrayList<>();
    private final ClientCall<String, String> call;
    private final CompletableFuture<Ended> end = new CompletableFuture<>();

    Call(ClientCall<String, String> call) {
      this.call = call;
    }

    private void start(Metadata headers) {
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onMessage(String message) {
              received.add(message);
              call.request(1);
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
              end.complete(new Ended(status, trailers, received));
            }
          },
          headers);
      call.request(1);
    }

    public void send(String message) {
      call.sendMessage(message);
    }

    /** Nothing more will be sent. */
    public void half() {
      call.halfClose();
    }

    public void cancel() {
      call.cancel("the test's wish", null);
    }

    public boolean hasEnded() {
      return end.isDone();
    }

    public Ended end() throws Exception {
      return end.get(15, TimeUnit.SECONDS);
    }
  }
}
