package io.expressgateway.xdp.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the native library among the resources, puts it into a directory that only this user may
 * read, and loads it. The file is removed as soon as it is mapped.
 *
 * <p>A directory on a file system without execution cannot hold it, so several are tried.
 */
public final class NativeLibrary {

  private static final String FILE = "libexpressgateway.so";
  private static volatile @Nullable Outcome outcome;

  private NativeLibrary() {}

  /**
   * How it went.
   *
   * @param loaded whether the native methods may be called
   * @param tried what was tried, in order, each with its failure; for the operator
   */
  public record Outcome(boolean loaded, List<String> tried) {

    /** Copies the list. */
    public Outcome {
      tried = List.copyOf(tried);
    }

    /** The failures in one sentence. */
    public String reason() {
      return String.join("; ", tried);
    }
  }

  /**
   * Loads once for the life of the process; later calls answer what the first found. Any thread.
   */
  public static Outcome load() {
    Outcome known = outcome;
    if (known != null) {
      return known;
    }
    synchronized (NativeLibrary.class) {
      Outcome first = outcome;
      if (first == null) {
        first = load(resource(), directories());
        outcome = first;
      }
      return first;
    }
  }

  /** The resource of this platform, as in {@code /native/linux-x86_64/libexpressgateway.so}. */
  static String resource() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String machine =
        switch (System.getProperty("os.arch")) {
          case "amd64", "x86_64" -> "x86_64";
          default -> System.getProperty("os.arch");
        };
    return "/native/" + system + "-" + machine + "/" + FILE;
  }

  private static Set<Path> directories() {
    Set<Path> directories = new LinkedHashSet<>();
    directories.add(Path.of(System.getProperty("java.io.tmpdir")));
    String runtime = System.getenv("RUNTIME_DIRECTORY");
    if (runtime != null) {
      directories.add(Path.of(runtime));
    }
    directories.add(Path.of("/run"));
    directories.add(Path.of("/dev/shm"));
    directories.add(Path.of(System.getProperty("user.dir")));
    return directories;
  }

  static Outcome load(String resource, Iterable<Path> directories) {
    byte[] library;
    try (InputStream in = NativeLibrary.class.getResourceAsStream(resource)) {
      if (in == null) {
        return new Outcome(false, List.of(resource + " is not in this build"));
      }
      library = in.readAllBytes();
    } catch (IOException e) {
      return new Outcome(false, List.of(resource + " cannot be read: " + e.getMessage()));
    }
    List<String> tried = new ArrayList<>();
    for (Path directory : directories) {
      String failure = loadFrom(library, directory);
      if (failure == null) {
        return new Outcome(true, tried);
      }
      tried.add(directory + ": " + failure);
    }
    return new Outcome(false, tried);
  }

  @SuppressWarnings("restricted") // the manifest gives this jar native access
  private static @Nullable String loadFrom(byte[] library, Path directory) {
    Path own = null;
    try {
      own =
          Files.createTempDirectory(
              directory,
              "expressgateway-",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Path file = own.resolve(FILE);
      Files.write(file, library);
      System.load(file.toString());
      return null;
    } catch (IOException | UnsupportedOperationException e) {
      return "cannot be written (" + e + ")";
    } catch (UnsatisfiedLinkError | IllegalCallerException e) {
      // libelf or zlib missing, no execution, another platform, native access denied.
      return String.valueOf(e.getMessage());
    } finally {
      remove(own);
    }
  }

  private static void remove(@Nullable Path directory) {
    if (directory == null) {
      return;
    }
    try {
      Files.deleteIfExists(directory.resolve(FILE));
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      // A directory of this user's that nobody else can read stays behind.
    }
  }
}
