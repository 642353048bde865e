package io.expressgateway.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a certificate's subject holds, its text is safe in a header. */
class ClientCertificatesTest {

  private static final TestCertificates CERTIFICATES = new TestCertificates();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "CN=plain | CN=plain",
        "CN=M\u00fcller,O=\u6771\u4eac | CN=M\\C3\\BCller,O=\\E6\\9D\\B1\\E4\\BA\\AC",
        "CN=a\\, b\\+c | CN=a\\, b\\+c",
        "CN=\ud83d\ude00 | CN=\\F0\\9F\\98\\80"
      })
  void theSubjectIsAscii(String subject, String text) {
    X509Certificate certificate = CERTIFICATES.client(subject).getCertificate();
    assertThat(ClientCertificates.subject(certificate)).isEqualTo(text);
  }

  @org.junit.jupiter.api.Test
  void lineEndsInASubjectAreEscaped() {
    X509Certificate certificate =
        CERTIFICATES.client("CN=a\\0d\\0aX-Admin: true\\00b").getCertificate();
    assertThat(ClientCertificates.subject(certificate)).isEqualTo("CN=a\\0D\\0AX-Admin: true\\00b");
  }
}
