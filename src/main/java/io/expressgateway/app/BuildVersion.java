package io.expressgateway.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version that the build wrote into the jar. */
final class BuildVersion {

  private BuildVersion() {}

  /** The version; {@code development} when run from classes that no build has stamped. */
  static String read() {
    try (InputStream in =
        BuildVersion.class.getResourceAsStream("/META-INF/build-info.properties")) {
      if (in == null) {
        return "development";
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("build.version", "development");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
