package io.expressgateway.app;

import io.expressgateway.config.Problem;
import io.expressgateway.config.Problems;
import io.expressgateway.config.launch.ConfigurationFile;
import io.expressgateway.config.launch.DemoDecision;
import io.expressgateway.plane.DataPlane;
import io.expressgateway.plane.DataPlane.Ledger;
import io.expressgateway.snapshot.Snapshot;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** One run of the program, from arguments to exit code. */
final class GatewayProcess {

  static final int FINISHED = 0;
  static final int REFUSED = 1;
  static final int MISUSED = 2;

  private final List<Class<?>> additionalSources;
  private final PrintStream out;
  private final PrintStream err;
  private final StopRequest stop = new StopRequest();

  /** A run with these additional configuration classes (tests bring their data plane so). */
  GatewayProcess(List<Class<?>> additionalSources, PrintStream out, PrintStream err) {
    this.additionalSources = additionalSources;
    this.out = out;
    this.err = err;
  }

  /** Runs to the end; the exit code. */
  int run(String... arguments) {
    return switch (CommandLine.parse(arguments)) {
      case CommandLine.Help help -> say(CommandLine.USAGE);
      case CommandLine.Version version -> say("expressgateway " + BuildVersion.read());
      case CommandLine.Check check -> DataPlaneConfiguration.check(Path.of(check.file()), out, err);
      case CommandLine.Misuse misuse -> {
        err.println(misuse.message());
        err.println(CommandLine.USAGE);
        yield MISUSED;
      }
      case CommandLine.Run run -> serve(run);
    };
  }

  /** As the first SIGTERM; again as the second. */
  void stop() {
    stop.stop();
  }

  private int say(String text) {
    out.println(text);
    return FINISHED;
  }

  private int serve(CommandLine.Run run) {
    Problems problems = new Problems();
    if (run.file() != null) {
      new ConfigurationFile(Path.of(run.file())).check(problems);
    }
    if (!problems.isClean()) {
      return refuse(problems.refusals());
    }
    AtomicReference<@Nullable LiveGateway> live = new AtomicReference<>();
    Signals.install(
        stop,
        () -> {
          LiveGateway started = live.get();
          if (started != null) {
            // Problems are logged where they are found; the old certificates serve on.
            started.refresh();
          }
        });
    ConfigurableApplicationContext context;
    try {
      context = application().run(springArguments(run));
    } catch (RuntimeException failure) {
      io.expressgateway.net.OutOfMemory.haltOn(failure);
      return refuse(StartFailure.problems(failure));
    }
    LiveGateway gateway = context.getBean(LiveGateway.class);
    live.set(gateway);
    out.println(ReadyLine.of(gateway.running(), context));
    out.flush();
    stop.await();
    return end(context, gateway);
  }

  private int end(ConfigurableApplicationContext context, LiveGateway gateway) {
    DataPlane dataPlane = gateway.running();
    Snapshot snapshot = dataPlane.snapshot();
    if (snapshot != null) {
      new Drain(dataPlane, gateway.readiness(), stop).run(snapshot.drain());
    }
    dataPlane.close();
    context.close();
    Ledger ledger = dataPlane.ledger();
    out.println(
        "ledger accepted="
            + ledger.accepted()
            + " completed="
            + ledger.completed()
            + " refused="
            + ledger.refused()
            + " aborted="
            + ledger.aborted());
    out.flush();
    return FINISHED;
  }

  private int refuse(List<Problem> problems) {
    problems.forEach(problem -> err.println(problem.line()));
    err.flush();
    return REFUSED;
  }

  private SpringApplication application() {
    List<Class<?>> sources = new ArrayList<>(additionalSources);
    sources.add(GatewayApplication.class);
    SpringApplication application = new SpringApplication(sources.toArray(Class<?>[]::new));
    application.setWebApplicationType(WebApplicationType.REACTIVE);
    application.setBannerMode(Banner.Mode.OFF);
    application.setLogStartupInfo(false);
    // Its hook would race our drain, and a JVM that ends by a signal does not exit with 0.
    application.setRegisterShutdownHook(false);
    return application;
  }

  /** Spring's arguments: the file as a location, or the demo when nobody has said anything. */
  private static String[] springArguments(CommandLine.Run run) {
    List<String> arguments = run.properties();
    if (run.file() != null) {
      arguments = new ConfigurationFile(Path.of(run.file())).addTo(arguments);
    } else if (DemoDecision.applies(
        arguments, System.getenv(), System.getProperties(), Path.of(""))) {
      arguments = new ArrayList<>(arguments);
      arguments.add("--spring.profiles.active=" + DemoDecision.PROFILE);
    }
    return arguments.toArray(String[]::new);
  }
}
