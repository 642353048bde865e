package io.expressgateway.app;

import io.expressgateway.net.OutOfMemory;
import java.util.List;

/** The application's main class; {@code launch.Launcher} calls it once Java is known to be new. */
public final class ExpressGateway {

  private static final String NETTY_FLIGHT_RECORDER = "io.netty.jfr.enabled";
  private static final String LOG_FACTORY = "org.apache.commons.logging.LogFactory";

  private ExpressGateway() {}

  /**
   * Runs until the process is told to stop, then ends it.
   *
   * <p>Exit codes: 0 after a finished drain, 1 configuration or start refused, 2 usage, 3 out of
   * memory.
   */
  public static void main(String[] arguments) {
    OutOfMemory.watchAllThreads();
    // Registering its events takes a hundred classes.
    unlessSet(NETTY_FLIGHT_RECORDER, "false");
    // What it ends with anyway, after loading the API of Log4j to find out.
    unlessSet(LOG_FACTORY, "org.apache.commons.logging.impl.Slf4jLogFactory");
    int code;
    try {
      code = new GatewayProcess(List.of(), System.out, System.err).run(arguments);
    } catch (Throwable failure) {
      OutOfMemory.haltOn(failure);
      StartFailure.problems(failure).forEach(problem -> System.err.println(problem.line()));
      code = GatewayProcess.REFUSED;
    }
    System.out.flush();
    System.err.flush();
    // Not exit(): nothing may write behind the ledger, and what has to stop has stopped.
    Runtime.getRuntime().halt(code);
  }

  private static void unlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
