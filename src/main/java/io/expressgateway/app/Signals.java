package io.expressgateway.app;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals and their meaning: TERM and INT stop, USR1 reads certificates again, HUP is logged and
 * ignored until it has one. Handled here and not by a shutdown hook, because a JVM that is ended by
 * a signal exits with 128 + its number, and a finished drain is 0.
 *
 * <p>{@code sun.misc.Signal} is the only way that Java has; it is supported (module {@code
 * jdk.unsupported}) but compiles with a warning that cannot be suppressed, so it is called by name.
 */
final class Signals {

  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /**
   * Sends the signals to {@code stop} and {@code renewal}; a signal that this platform lacks is
   * left alone.
   */
  static void install(StopRequest stop, Runnable renewal) {
    for (String name : List.of("TERM", "INT")) {
      handle(
          name,
          signal -> {
            LOG.info("SIG{} received: stopping", signal);
            stop.stop();
          });
    }
    handle(
        "USR1",
        signal -> {
          LOG.info("SIG{} received: reading certificates again", signal);
          renewal.run();
        });
    handle("HUP", signal -> LOG.info("SIG{} received: it has no meaning yet, ignored", signal));
  }

  private static void handle(String name, Consumer<String> action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Method handle = signal.getMethod("handle", signal, handler);
      Object proxy =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> answer(self, method, arguments, name, action));
      handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (ReflectiveOperationException e) {
      LOG.debug("SIG{} keeps its default: {}", name, e.toString());
    }
  }

  @SuppressWarnings("ReferenceEquality") // equals of a proxy is identity
  private static @org.jspecify.annotations.Nullable Object answer(
      Object self, Method method, Object[] arguments, String name, Consumer<String> action) {
    return switch (method.getName()) {
      case "handle" -> {
        action.accept(name);
        yield null;
      }
      case "equals" -> self == arguments[0];
      case "hashCode" -> System.identityHashCode(self);
      default -> "handler of SIG" + name;
    };
  }
}
