package io.expressgateway.config.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.tls.TestCertificates;
import io.expressgateway.tls.TestResponder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is in a file, the walk through it ends with a moment or a reason. */
class OcspDatesTest {

  @TempDir private Path directory;

  @Test
  void spoiltResponsesHaveAMomentOrAReason() throws Exception {
    TestResponder.needed();
    TestCertificates certificates = new TestCertificates();
    byte[] good =
        Files.readAllBytes(
            new TestResponder(certificates, directory).good(certificates.server("a.example")));
    assertThat(OcspDates.nextUpdate(good)).isAfter(Instant.now());
    Random random = new Random(4711);
    int reasons = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] spoilt = Arrays.copyOf(good, random.nextInt(good.length + 1));
      for (int k = 0; k < 3 && spoilt.length > 0; k++) {
        spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt();
      }
      try {
        OcspDates.nextUpdate(spoilt);
      } catch (IllegalArgumentException reason) {
        assertThat(reason).hasMessageMatching("(it|the responder) .*");
        reasons++;
      }
    }
    assertThat(reasons).isGreaterThan(10_000);
  }
}
