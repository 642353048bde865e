package io.expressgateway.app;

import io.expressgateway.admin.Problem;
import io.expressgateway.http.HttpDataPlane;
import io.expressgateway.http.HttpDataPlane.Ledger;
import io.expressgateway.snapshot.Snapshot;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    if (run.file() != null && !Files.isReadable(Path.of(run.file()))) {
      return refuse(
          List.of(
              new Problem(
                  "FILE",
                  run.file(),
                  "there is no readable file of this name",
                  "name a configuration file that exists")));
    }
    Signals.install(stop);
    ConfigurableApplicationContext context;
    try {
      context = application().run(springArguments(run));
    } catch (RuntimeException failure) {
      io.expressgateway.net.OutOfMemory.haltOn(failure);
      return refuse(StartFailure.problems(failure));
    }
    LiveGateway gateway = context.getBean(LiveGateway.class);
    out.println(ReadyLine.of(gateway.running(), context));
    out.flush();
    stop.await();
    return end(context, gateway);
  }

  private int end(ConfigurableApplicationContext context, LiveGateway gateway) {
    HttpDataPlane dataPlane = gateway.running();
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

  /** The file comes first, so that {@code --key=value} of the same key would still win. */
  private static String[] springArguments(CommandLine.Run run) {
    List<String> arguments = new ArrayList<>();
    String location = location(run.file());
    for (String property : run.properties()) {
      String key = "--spring.config.additional-location=";
      if (location != null && property.startsWith(key)) {
        location = property.substring(key.length()) + "," + location;
      } else {
        arguments.add(property);
      }
    }
    if (location != null) {
      arguments.add("--spring.config.additional-location=" + location);
    }
    return arguments.toArray(String[]::new);
  }

  private static @Nullable String location(@Nullable String file) {
    return file == null ? null : "file:" + Path.of(file).toAbsolutePath();
  }
}
