package io.expressgateway.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One request per operation through a running gateway on keep-alive connections: what a request
 * allocates in steady state. Client and endpoint share the process but use buffers made once, so
 * the gc profiler's figure is the gateway's.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Dio.netty.leakDetection.level=disabled", "-Xmx256m"})
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 3, time = 3)
public class SteadyPathBenchmark {

  private static final byte[] REQUEST =
      ("GET /bench/24?a=b HTTP/1.1\r\nHost: bench.example\r\nUser-Agent: bench\r\n"
              + "Accept: */*\r\nX-Request-Id: 0123456789abcdef\r\n\r\n")
          .getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] RESPONSE =
      ("HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Mon, 23 Nov 2026 19:00:00 GMT\r\n"
              + "Content-Type: text/plain\r\nContent-Length: 24\r\nConnection: keep-alive\r\n\r\n"
              + "012345678901234567890123")
          .getBytes(StandardCharsets.ISO_8859_1);

  private ServerSocketChannel endpoint;
  private BenchGateway gateway;
  private SocketChannel client;
  private final ByteBuffer request = ByteBuffer.allocateDirect(1024);
  private final ByteBuffer answer = ByteBuffer.allocateDirect(4096);
  private int answerLength;

  /** Starts endpoint, gateway and client, and learns how long an answer is. */
  @Setup
  public void start() throws Exception {
    endpoint = ServerSocketChannel.open();
    endpoint.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread.ofPlatform().daemon().start(this::serve);
    gateway = BenchGateway.to(((InetSocketAddress) endpoint.getLocalAddress()).getPort());
    client =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port()));
    request.put(REQUEST).flip();
    client.write(request);
    answer.clear();
    // The first answer says how long the others are.
    while (!endsWithBody()) {
      client.read(answer);
    }
    answerLength = answer.position();
  }

  private boolean endsWithBody() {
    int end = answer.position();
    return end > 24 && answer.get(end - 1) == '3' && answer.get(end - 24) == '0';
  }

  private void serve() {
    try (SocketChannel connection = endpoint.accept()) {
      ByteBuffer in = ByteBuffer.allocateDirect(8192);
      ByteBuffer out = ByteBuffer.allocateDirect(1024);
      out.put(RESPONSE).flip();
      while (connection.read(in.clear()) > 0) {
        while (in.get(in.position() - 1) != '\n' || in.get(in.position() - 3) != '\n') {
          connection.read(in);
        }
        connection.write(out.rewind());
      }
    } catch (IOException e) {
      if (endpoint.isOpen()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** One request, one answer. */
  @Benchmark
  public int request() throws IOException {
    client.write(request.rewind());
    answer.clear();
    while (answer.position() < answerLength) {
      client.read(answer);
    }
    return answer.position();
  }

  /** Ends everything. */
  @TearDown
  public void stop() throws IOException {
    client.close();
    gateway.close();
    endpoint.close();
  }
}
