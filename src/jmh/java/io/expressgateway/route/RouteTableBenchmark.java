package io.expressgateway.route;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HttpVersion;
import io.expressgateway.message.RequestHead;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What finding a route costs with 10 and with 10 000 of them, by host and by path prefix. Ten
 * requests take turns, spread evenly over the table, so that the caches hold as much of it as ten
 * busy routes would keep there.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RouteTableBenchmark {

  /** How many routes the table has. */
  @Param({"10", "10000"})
  public int routes;

  private RouteTable byHost;
  private RouteTable byPath;
  private final Request[] hostRequests = new Request[10];
  private final Request[] pathRequests = new Request[10];
  private int turn;

  /** Makes both tables and the requests. */
  @Setup
  public void compile() {
    List<Route> hosts = new ArrayList<>();
    List<Route> paths = new ArrayList<>();
    for (int i = 0; i < routes; i++) {
      // The same length of name for every size, so that the sizes differ in the table only.
      String number = String.valueOf(10_000 + i);
      hosts.add(route(number, "Host", "h" + number + ".example.org"));
      paths.add(route(number, "Path", "/service" + number + "/**"));
    }
    byHost = RouteTable.compile(hosts, VersionSettings.NONE);
    byPath = RouteTable.compile(paths, VersionSettings.NONE);
    for (int i = 0; i < 10; i++) {
      int target = 10_000 + i * (routes / 10);
      hostRequests[i] = new Request("h" + target + ".example.org", "/orders/1");
      pathRequests[i] = new Request("example.org", "/service" + target + "/orders/1");
    }
  }

  private static Route route(String id, String predicate, String value) {
    NamedArguments written = new NamedArguments(predicate, Map.of("_genkey_0", value));
    return new Route(id, 0, "lb://c", "c", List.of(written), List.of(), Map.of(), Set.of());
  }

  /** A literal host. */
  @Benchmark
  public RouteMatch host() {
    return byHost.match(hostRequests[next()]);
  }

  /** A literal path prefix. */
  @Benchmark
  public RouteMatch path() {
    return byPath.match(pathRequests[next()]);
  }

  private int next() {
    turn = turn == 9 ? 0 : turn + 1;
    return turn;
  }

  private record Request(RequestHead head) implements RouteRequest {

    Request(String authority, String path) {
      this(new RequestHead(new HeaderBlock()));
      head.reset("GET", "http", authority, path, null, HttpVersion.HTTP_1_1);
    }

    @Override
    public InetSocketAddress remoteAddress() {
      return InetSocketAddress.createUnresolved("peer", 1);
    }

    @Override
    public String listener() {
      return "web";
    }

    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public long random() {
      return 0;
    }
  }
}
