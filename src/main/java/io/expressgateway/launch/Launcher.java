package io.expressgateway.launch;

/**
 * The jar's main class. Compiled for Java 17, so that an older Java gets one clear line instead of
 * a class version error; on Java 25 it starts the application.
 */
public final class Launcher {

  private static final int NEEDED = 25;

  private Launcher() {}

  /** Starts the application, or ends with 1 and one line when this Java is too old. */
  public static void main(String[] arguments) throws Exception {
    int feature = Runtime.version().feature();
    if (feature < NEEDED) {
      System.err.println(
          "ExpressGateway needs Java " + NEEDED + " or newer; this is Java " + feature + ".");
      System.exit(1);
    }
    Class.forName("io.expressgateway.app.ExpressGateway")
        .getMethod("main", String[].class)
        .invoke(null, (Object) arguments);
  }
}
