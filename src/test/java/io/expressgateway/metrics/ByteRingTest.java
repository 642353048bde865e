package io.expressgateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ByteRingTest {

  @Test
  void linesComeOutInOrderAcrossTheEndOfTheArray() throws IOException {
    ByteRing ring = new ByteRing(16);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      String line = "line" + i + "\n";
      byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);
      assertThat(ring.offer(bytes, bytes.length)).isTrue();
      assertThat(ring.drainTo(out)).isTrue();
      expected.append(line);
    }

    assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo(expected.toString());
    assertThat(ring.drainTo(out)).isFalse();
  }

  @Test
  void aLineThatDoesNotFitIsRefusedAsAWhole() throws IOException {
    ByteRing ring = new ByteRing(8);
    assertThat(ring.offer(new byte[6], 6)).isTrue();
    assertThat(ring.offer(new byte[3], 3)).isFalse();
    ring.drainTo(new ByteArrayOutputStream());
    assertThat(ring.offer(new byte[8], 8)).isTrue();
  }

  @Test
  void twoThreadsLoseAndTearNothing() throws Exception {
    ByteRing ring = new ByteRing(64);
    int lines = 20_000;
    Thread producer =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < lines; i++) {
                byte[] line = (i + "\n").getBytes(StandardCharsets.US_ASCII);
                while (!ring.offer(line, line.length)) {
                  Thread.onSpinWait();
                }
              }
            });
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (producer.isAlive()) {
      ring.drainTo(out);
    }
    ring.drainTo(out);

    String[] read = out.toString(StandardCharsets.US_ASCII).split("\n");
    assertThat(read).hasSize(lines);
    for (int i = 0; i < lines; i++) {
      assertThat(read[i]).isEqualTo(Integer.toString(i));
    }
  }
}
