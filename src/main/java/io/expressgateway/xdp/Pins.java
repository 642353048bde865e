package io.expressgateway.xdp;

import io.expressgateway.xdp.kernel.BpfLink;
import io.expressgateway.xdp.kernel.BpfMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where maps and links outlive the process, so that the kernel forwards on while the gateway
 * restarts. They lie in a directory that is named by the layout of the records and the sizes of the
 * flow tables: a version that means something else by the same bytes starts afresh.
 */
final class Pins {

  private static final String LINK = "link-";

  private final Path root;
  private final Path directory;

  private Pins(Path root, Path directory) {
    this.root = root;
    this.directory = directory;
  }

  /**
   * Uses this directory, which is made if it is missing.
   *
   * @param layout what the name is made of
   * @throws IOException when it is not on a bpf file system or cannot be written
   */
  static Pins in(Path root, List<String> layout) throws IOException {
    Path existing = root;
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    if (!isPinnable(existing)) {
      throw new IOException(
          root
              + " is on a file system of type "
              + Files.getFileStore(existing).type()
              + "; mount one of type bpf there");
    }
    Path directory = root.resolve("layout-" + digest(layout));
    Files.createDirectories(directory);
    return new Pins(root, directory);
  }

  private static boolean isPinnable(Path existing) throws IOException {
    return Files.getFileStore(existing).type().equals("bpf");
  }

  private static String digest(List<String> parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }

  /** Lets go of what other layouts left: their programs detach. */
  void removeOthers() throws IOException {
    removeAll(root, directory);
  }

  /** Lets go of everything under this directory: pinned programs detach. */
  static void removeAll(Path root) throws IOException {
    if (Files.isDirectory(root) && isPinnable(root)) {
      removeAll(root, null);
    }
  }

  private static void removeAll(Path root, @Nullable Path except) throws IOException {
    try (DirectoryStream<Path> layouts = Files.newDirectoryStream(root, "layout-*")) {
      for (Path layout : layouts) {
        if (!layout.equals(except)) {
          removeLayout(layout);
        }
      }
    }
  }

  private static void removeLayout(Path layout) throws IOException {
    try (DirectoryStream<Path> pins = Files.newDirectoryStream(layout)) {
      for (Path pin : pins) {
        Files.delete(pin);
      }
    }
    Files.delete(layout);
  }

  /**
   * The maps that an earlier process left; to be closed. Empty when it left none, or, having died
   * while it pinned, not all of them: then those are let go.
   */
  List<BpfMap> maps(List<String> names) throws IOException {
    List<BpfMap> maps = new ArrayList<>();
    for (String name : names) {
      BpfMap.openPinned(name, directory.resolve(name)).ifPresent(maps::add);
    }
    if (maps.size() == names.size()) {
      return maps;
    }
    maps.forEach(BpfMap::close);
    removeLayout(directory);
    Files.createDirectories(directory);
    return List.of();
  }

  /** Keeps a map. */
  void keep(BpfMap map) {
    map.pin(directory.resolve(map.name()));
  }

  /** The link that an earlier process left on this interface; to be closed. */
  Optional<BpfLink> link(int interfaceIndex) {
    return BpfLink.openPinned(linkPath(interfaceIndex));
  }

  /** Keeps a link. */
  void keep(BpfLink link, int interfaceIndex) {
    link.pin(linkPath(interfaceIndex));
  }

  /** Lets go of the links on all other interfaces than these: their programs detach. */
  void keepLinks(Set<Integer> interfaces) throws IOException {
    try (DirectoryStream<Path> links = Files.newDirectoryStream(directory, LINK + "*")) {
      for (Path link : links) {
        String index = link.getFileName().toString().substring(LINK.length());
        if (interfaces.stream().noneMatch(each -> Integer.toString(each).equals(index))) {
          Files.delete(link);
        }
      }
    }
  }

  /** Lets go of an interface's link. */
  void forgetLink(int interfaceIndex) throws IOException {
    Files.deleteIfExists(linkPath(interfaceIndex));
  }

  private Path linkPath(int interfaceIndex) {
    return directory.resolve(LINK + interfaceIndex);
  }
}
