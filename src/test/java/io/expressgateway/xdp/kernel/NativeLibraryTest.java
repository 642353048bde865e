package io.expressgateway.xdp.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the library is looked for, and what is said when it cannot be had. */
class NativeLibraryTest {

  @TempDir Path directory;

  @Test
  void saysThatABuildHasNone() {
    NativeLibrary.Outcome outcome =
        NativeLibrary.load("/native/plan9-mips/libexpressgateway.so", List.of(directory));

    assertThat(outcome.loaded()).isFalse();
    assertThat(outcome.reason()).contains("/native/plan9-mips", "is not in this build");
  }

  @Test
  void namesEveryDirectoryThatItTried() {
    Path missing = directory.resolve("missing");
    // A resource that is no library stands for one that cannot be linked.
    NativeLibrary.Outcome outcome =
        NativeLibrary.load("/application.yaml", List.of(missing, directory));

    assertThat(outcome.loaded()).isFalse();
    assertThat(outcome.tried()).hasSize(2);
    assertThat(outcome.tried().getFirst()).startsWith(missing + ": cannot be written");
    assertThat(outcome.tried().getLast()).startsWith(directory + ": ");
  }

  @Test
  void leavesNothingBehind() throws IOException {
    NativeLibrary.load("/application.yaml", List.of(directory));

    try (var left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void namesTheResourceOfThisPlatform() {
    assertThat(NativeLibrary.resource()).matches("/native/[a-z0-9]+-\\w+/libexpressgateway\\.so");
  }

  @Test
  void errorNumbersHaveNames() {
    assertThat(Errno.name(1)).isEqualTo("EPERM");
    assertThat(Errno.name(524)).isEqualTo("ENOTSUPP");
    assertThat(Errno.name(4001)).isEqualTo("libbpf: not a BPF object");
    assertThat(Errno.name(4099)).isEqualTo("libbpf error 4099");
    assertThat(Errno.name(77)).isEqualTo("errno 77");
  }
}
