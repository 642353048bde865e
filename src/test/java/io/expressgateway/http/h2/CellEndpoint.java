package io.expressgateway.http.h2;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.http.h1.RawEndpoint;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An endpoint that does the same in either protocol, as the path says: echoes with trailers, hints,
 * expects, answers early, waits, breaks off, never ends, never reads.
 */
abstract class CellEndpoint implements AutoCloseable {

  static final int PIECE = 64 * 1024;

  final AtomicInteger cancelled = new AtomicInteger();
  final AtomicLong sent = new AtomicLong();

  static CellEndpoint of(ClusterSpec.Protocol protocol) throws Exception {
    return protocol == ClusterSpec.Protocol.HTTP1 ? new OverHttp1() : new OverHttp2();
  }

  abstract int port();

  abstract int requests();

  @Override
  public abstract void close() throws IOException;

  private static final class OverHttp1 extends CellEndpoint {
    private final RawEndpoint endpoint = RawEndpoint.scripted(this::serve);

    private void serve(RawEndpoint.Request request) throws Exception {
      switch (request.target()) {
        case "/trailers" -> {
          byte[] body = request.body();
          String sum = request.trailers().strip().replaceAll("(?i)^x-sum: ", "");
          request.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          if (body.length > 0) {
            request.send(Integer.toHexString(body.length) + "\r\n");
            request.send(body);
            request.send("\r\n");
          }
          request.send("0\r\nx-echo: " + sum + "\r\n\r\n");
        }
        case "/hints" -> {
          request.send("HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n");
          request.send("HTTP/1.1 102 Processing\r\n\r\n");
          request.ok("hinted");
        }
        case "/expect" -> {
          request.send("HTTP/1.1 100 Continue\r\n\r\n");
          request.ok(request.header("expect") + " " + request.body().length);
        }
        case "/early" -> request.send("HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno");
        case "/head" -> request.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        case "/wait" -> awaitEnd(request);
        case "/broken" -> {
          request.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
          request.socket().setSoLinger(true, 0);
          request.socket().close();
        }
        case "/endless" -> {
          request.send("HTTP/1.1 200 OK\r\nContent-Length: " + (1L << 40) + "\r\n\r\n");
          byte[] piece = new byte[PIECE];
          while (true) {
            request.send(piece);
            sent.addAndGet(PIECE);
          }
        }
        case "/deaf" -> Thread.sleep(60_000);
        default -> request.ok("hello");
      }
    }

    private void awaitEnd(RawEndpoint.Request request) {
      try {
        while (request.in().read() >= 0) {
          // Nothing comes but the end.
        }
      } catch (IOException reset) {
        // That is an end as well.
      }
      cancelled.incrementAndGet();
    }

    @Override
    int port() {
      return endpoint.port();
    }

    @Override
    int requests() {
      return endpoint.requests().size();
    }

    @Override
    public void close() throws IOException {
      endpoint.close();
    }
  }

  private static final class OverHttp2 extends CellEndpoint {
    private final Http2Endpoint endpoint;

    OverHttp2() throws Exception {
      endpoint = Http2Endpoint.start(this::serve);
    }

    private void serve(Http2Endpoint.Call call) {
      boolean begins = call.received.get() == 0 && call.trailers == null;
      switch (call.path()) {
        case "/trailers" -> {
          if (call.ended) {
            String sum = call.trailers == null ? "" : call.trailers.get("x-sum").toString();
            call.head(200, false);
            call.data("b".repeat((int) call.received.get()), false);
            call.trailers("x-echo", sum);
          }
        }
        case "/hints" -> {
          call.head(103, false, "link", "</a.css>");
          call.head(102, false);
          call.ok("hinted");
        }
        case "/expect" -> {
          if (call.ended) {
            call.ok(call.head.get("expect") + " " + call.received.get());
          } else if (begins) {
            call.head(100, false);
          }
        }
        case "/early" -> {
          if (begins) {
            call.head(413, false, "content-length", "2");
            call.data("no", true);
          }
        }
        case "/head" -> call.head(200, true, "content-length", "5");
        case "/wait" -> {}
        case "/broken" -> {
          call.head(200, false, "content-length", "10");
          call.data("half", false);
          call.reset(io.netty.handler.codec.http2.Http2Error.INTERNAL_ERROR);
        }
        case "/endless" -> {
          call.head(200, false);
          pump(call);
        }
        case "/deaf" -> call.takes = false;
        default -> call.ok("hello");
      }
    }

    /** The next piece when the last one has gone to the socket. */
    private void pump(Http2Endpoint.Call call) {
      Channel channel = endpoint.connections.getFirst();
      call.piece(Unpooled.wrappedBuffer(new byte[PIECE]))
          .addListener(
              (ChannelFutureListener)
                  done -> {
                    if (done.isSuccess() && channel.isActive()) {
                      sent.addAndGet(PIECE);
                      channel.eventLoop().execute(() -> pump(call));
                    }
                  });
    }

    @Override
    int port() {
      return endpoint.port();
    }

    @Override
    int requests() {
      cancelled.set(endpoint.resets.size());
      return endpoint.calls.size();
    }

    @Override
    public void close() {
      endpoint.close();
    }
  }
}
