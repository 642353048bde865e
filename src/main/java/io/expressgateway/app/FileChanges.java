package io.expressgateway.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Notices that files have changed, by their time, size and inode behind every symbolic link: a file
 * written in place, renamed over, or reached through a link that now leads elsewhere, as Kubernetes
 * changes its mounts. Reads no content. Confined to one thread.
 */
final class FileChanges {

  private static final String ABSENT = "absent";

  private Map<Path, String> known = new HashMap<>();
  private Map<Path, String> before = Map.of();

  /**
   * Looks at the files.
   *
   * @return whether one has changed since the last change that was told and has kept still since
   *     the last look, so that a certificate and its key are not read halfway between the two
   */
  boolean look(Set<Path> files) {
    Map<Path, String> now = new HashMap<>();
    files.forEach(file -> now.put(file, state(file)));
    // A file that is watched for the first time has just been read.
    now.forEach(known::putIfAbsent);
    known.keySet().retainAll(files);
    boolean still = now.equals(before);
    before = now;
    if (!still || now.equals(known)) {
      return false;
    }
    known = new HashMap<>(now);
    return true;
  }

  private static String state(Path file) {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return found.lastModifiedTime() + " " + found.size() + " " + found.fileKey();
    } catch (IOException | SecurityException absent) {
      return ABSENT;
    }
  }
}
