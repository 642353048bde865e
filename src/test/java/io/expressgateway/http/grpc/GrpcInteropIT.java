package io.expressgateway.http.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.http.Gateway;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.tls.TestCertificates;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.testing.integration.AbstractInteropTest;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/**
 * gRPC's own interoperability cases: its client against its server, directly and through the
 * gateway. A case that passes directly has to pass through.
 */
class GrpcInteropIT {

  /**
   * The cases that are not marked, because not every transport has them; without the probe, which
   * gRPC's server for Java does not answer.
   */
  private static final Map<String, Object[]> ARGUMENTS =
      Map.of(
          "clientCompressedUnary", new Object[] {false},
          "clientCompressedStreaming", new Object[] {false},
          "serverCompressedStreaming", new Object[0]);

  private static final TestCertificates CERTIFICATES = new TestCertificates();

  /** What is between client and server. */
  private enum Between {
    NOTHING,
    CLEAR_TEXT,
    TLS
  }

  /** The suite's server and client, the one behind the other. */
  private static final class Interop extends AbstractInteropTest {
    private final Between between;
    private @Nullable Gateway gateway;

    Interop(Between between) {
      this.between = between;
    }

    @Override
    protected ServerBuilder<?> getServerBuilder() {
      return NettyServerBuilder.forAddress(
              new InetSocketAddress("127.0.0.1", 0), InsecureServerCredentials.create())
          .flowControlWindow(TEST_FLOW_CONTROL_WINDOW)
          .maxInboundMessageSize(MAX_MESSAGE_SIZE);
    }

    @Override
    protected ManagedChannelBuilder<?> createChannelBuilder() {
      int port = serverPort();
      if (between != Between.NOTHING) {
        gateway = gateway(port);
        port = gateway.port();
      }
      NettyChannelBuilder builder = NettyChannelBuilder.forAddress("127.0.0.1", port);
      if (between == Between.TLS) {
        builder.sslContext(trusting());
      } else {
        builder.usePlaintext();
      }
      return builder
          .flowControlWindow(TEST_FLOW_CONTROL_WINDOW)
          .maxInboundMessageSize(MAX_MESSAGE_SIZE)
          .intercept(createCensusStatsClientInterceptor());
    }

    private Gateway gateway(int endpoint) {
      Gateway.Builder builder =
          Gateway.builder()
              .protocol(ClusterSpec.Protocol.HTTP2)
              .endpoints(endpoint)
              // One of the cases has a deadline of 100 minutes and looks for it at the other end.
              .route("all", List.of(), List.of(), Map.of("grpc-max-deadline", -1L));
      if (between == Between.TLS) {
        builder.listener(GrpcInteropIT::secured);
      }
      return builder.start();
    }

    private static SslContext trusting() {
      try {
        return GrpcSslContexts.forClient().trustManager(CERTIFICATES.authority()).build();
      } catch (SSLException e) {
        throw new IllegalStateException(e);
      }
    }

    /** The suite tells it to its own package only. */
    private int serverPort() {
      try {
        Field field = AbstractInteropTest.class.getDeclaredField("server");
        field.setAccessible(true);
        return ((Server) field.get(this)).getPort();
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    protected boolean metricsExpected() {
      return false;
    }

    /** Why the case fails; null when it passes. */
    @Nullable Throwable failure(Method which) throws IllegalAccessException {
      try {
        setUp();
        which.invoke(this, ARGUMENTS.getOrDefault(which.getName(), new Object[0]));
        return null;
      } catch (InvocationTargetException e) {
        return e.getCause();
      } finally {
        tearDown();
        if (gateway != null) {
          gateway.close();
        }
      }
    }
  }

  private static ListenerSpec secured(ListenerSpec spec) {
    return new ListenerSpec(
        spec.name(),
        spec.bind(),
        ListenerSpec.Protocol.HTTPS,
        spec.maxConnections(),
        spec.maxConnectionsPerIp(),
        spec.trustedProxies(),
        spec.trustedProxyPattern(),
        spec.forwarding(),
        spec.accessLog(),
        spec.http(),
        TestCertificates.spec(CERTIFICATES.server("localhost")));
  }

  static List<Method> cases() {
    return Arrays.stream(AbstractInteropTest.class.getMethods())
        .filter(method ->
            method.isAnnotationPresent(org.junit.Test.class)
                || ARGUMENTS.containsKey(method.getName()))
        .sorted(Comparator.comparing(Method::getName))
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("names")
  void whatPassesDirectlyPassesThroughTheGateway(String name) throws Exception {
    Method which =
        cases().stream().filter(each -> each.getName().equals(name)).findFirst().orElseThrow();
    Throwable direct = new Interop(Between.NOTHING).failure(which);
    if (direct != null) {
      System.out.println("gRPC interop " + name + ": does not pass directly: " + direct);
      throw new TestAbortedException(name + " does not pass directly either", direct);
    }
    System.out.println("gRPC interop " + name + ": passes directly, has to pass through");
    assertThat(new Interop(Between.CLEAR_TEXT).failure(which)).as(name + ", h2c").isNull();
    assertThat(new Interop(Between.TLS).failure(which)).as(name + ", TLS").isNull();
  }

  static List<String> names() {
    return cases().stream().map(Method::getName).toList();
  }

  @Test
  void theSuiteIsWhole() {
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(38);
  }
}
