package io.expressgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of files are told once, when they have settled. */
class FileChangesTest {

  @TempDir private Path directory;
  private final FileChanges changes = new FileChanges();

  @Test
  void whatStaysIsNoChange() throws Exception {
    Set<Path> files = watched(Files.writeString(directory.resolve("a"), "one"));
    assertThat(changes.look(files)).isFalse();
    assertThat(changes.look(files)).isFalse();
  }

  @Test
  void aFileWrittenInPlaceIsToldOnceItKeepsStill() throws Exception {
    Path file = Files.writeString(directory.resolve("a"), "one");
    Set<Path> files = watched(file);
    Files.writeString(file, "other");
    assertThat(changes.look(files)).isFalse();
    Files.writeString(file, "another");
    assertThat(changes.look(files)).isFalse();
    assertThat(changes.look(files)).isTrue();
    assertThat(changes.look(files)).isFalse();
  }

  @Test
  void aFileRenamedOverWithSizeAndTimeKeptIsTold() throws Exception {
    Path file = Files.writeString(directory.resolve("a"), "one");
    FileTime time = Files.getLastModifiedTime(file);
    Set<Path> files = watched(file);
    Path fresh = Files.writeString(directory.resolve("b"), "two");
    Files.setLastModifiedTime(fresh, time);
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    changes.look(files);
    assertThat(changes.look(files)).isTrue();
  }

  /** As kubelet does it: site.crt leads to ..data/site.crt, and ..data is swapped. */
  @Test
  void aLinkThatLeadsElsewhereIsTold() throws Exception {
    FileTime time = FileTime.fromMillis(1_700_000_000_000L);
    for (String version : new String[] {"..v1", "..v2"}) {
      Path made = Files.createDirectory(directory.resolve(version));
      Files.setLastModifiedTime(Files.writeString(made.resolve("site.crt"), "same"), time);
    }
    Path data = directory.resolve("..data");
    Files.createSymbolicLink(data, Path.of("..v1"));
    Path file = Files.createSymbolicLink(directory.resolve("site.crt"), Path.of("..data/site.crt"));
    Set<Path> files = watched(file);

    Path swap = Files.createSymbolicLink(directory.resolve("..tmp"), Path.of("..v2"));
    Files.move(swap, data, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    changes.look(files);
    assertThat(changes.look(files)).isTrue();
  }

  @Test
  void aFileThatGoesAndComesIsToldEachTime() throws Exception {
    Path file = Files.writeString(directory.resolve("a"), "one");
    Set<Path> files = watched(file);
    Files.delete(file);
    changes.look(files);
    assertThat(changes.look(files)).isTrue();
    Files.writeString(file, "one");
    changes.look(files);
    assertThat(changes.look(files)).isTrue();
  }

  @Test
  void aFileThatIsWatchedFromNowOnIsNoChange() throws Exception {
    Path file = Files.writeString(directory.resolve("a"), "one");
    watched(file);
    Set<Path> more = Set.of(file, Files.writeString(directory.resolve("b"), "new"));
    changes.look(more);
    assertThat(changes.look(more)).isFalse();
  }

  private Set<Path> watched(Path file) {
    Set<Path> files = Set.of(file);
    changes.look(files);
    changes.look(files);
    return files;
  }
}
