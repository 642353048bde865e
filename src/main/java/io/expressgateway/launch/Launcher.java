package io.expressgateway.launch;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The jar's main class. Compiled for Java 17, so that an older Java gets one clear line instead of
 * a class version error; on Java 25 it starts the application, with the jars of {@code extensions/}
 * beside the jar (or of {@code -Dloader.path}, a comma-separated list of jars and directories) on
 * the class path.
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
    ClassLoader loader = withExtensions(Launcher.class.getClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
    Class.forName("io.expressgateway.app.ExpressGateway", true, loader)
        .getMethod("main", String[].class)
        .invoke(null, (Object) arguments);
  }

  private static ClassLoader withExtensions(ClassLoader application) throws IOException {
    List<URL> jars = new ArrayList<>();
    for (Path place : places()) {
      if (Files.isDirectory(place)) {
        try (Stream<Path> files = Files.list(place)) {
          for (Path jar :
              files.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
            jars.add(jar.toUri().toURL());
          }
        }
      } else if (Files.isRegularFile(place)) {
        jars.add(place.toUri().toURL());
      }
    }
    return jars.isEmpty() ? application : new URLClassLoader(jars.toArray(URL[]::new), application);
  }

  private static List<Path> places() {
    String written = System.getProperty("loader.path");
    if (written != null) {
      return Stream.of(written.split(",")).map(String::strip).map(Path::of).toList();
    }
    // With java -jar the class path is the jar itself.
    Path jar = Path.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator)[0]);
    return List.of(jar.toAbsolutePath().resolveSibling("extensions"));
  }
}
