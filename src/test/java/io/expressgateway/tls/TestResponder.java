package io.expressgateway.tls;

import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;

/** An OCSP responder of one authority, played by the openssl program. */
public final class TestResponder {

  private final Path directory;

  /** Works in {@code directory}. */
  public TestResponder(TestCertificates certificates, Path directory) throws IOException {
    this.directory = directory;
    Files.writeString(directory.resolve("responder-ca.pem"), certificates.authorityPem());
    Files.writeString(directory.resolve("responder-ca.key"), certificates.authorityKeyPem());
  }

  /** Goes on only where the program is there; with STRICT_TESTS its absence is a failure. */
  public static void needed() {
    boolean isThere = Files.isExecutable(Path.of("/usr/bin/openssl"));
    if (!isThere && Boolean.parseBoolean(System.getenv("STRICT_TESTS"))) {
      throw new AssertionError("needs openssl, and STRICT_TESTS is set");
    }
    Assumptions.assumeTrue(isThere, "needs openssl");
  }

  /** A response that is valid for a day. */
  public Path good(X509Bundle certificate) throws Exception {
    return respond(certificate, "V\t350101000000Z\t\t", "-ndays", "1");
  }

  /** A response that says that the certificate is revoked. */
  public Path revoked(X509Bundle certificate) throws Exception {
    return respond(certificate, "R\t350101000000Z\t240101000000Z\t", "-ndays", "1");
  }

  /** A response of another year; its signature is not right any more. */
  public Path expired(X509Bundle certificate) throws Exception {
    byte[] bytes = Files.readAllBytes(good(certificate));
    for (int at = 0; (at = time(bytes, at)) > 0; at++) {
      bytes[at + 2] = '1';
    }
    return Files.write(directory.resolve("expired.der"), bytes);
  }

  /** A good response of which a digit of a time was changed. */
  public Path forged(X509Bundle certificate) throws Exception {
    byte[] bytes = Files.readAllBytes(good(certificate));
    int at = time(bytes, 0);
    bytes[at + 13] = (byte) (bytes[at + 13] == '0' ? '1' : '0');
    return Files.write(directory.resolve("forged.der"), bytes);
  }

  /** The next GeneralizedTime of 15 characters, where its year begins; -1 for none. */
  private static int time(byte[] bytes, int from) {
    for (int i = from; i + 17 <= bytes.length; i++) {
      if (bytes[i] == 0x18 && bytes[i + 1] == 15 && bytes[i + 2] == '2' && bytes[i + 16] == 'Z') {
        return i + 2;
      }
    }
    return -1;
  }

  /** A response that tells no end. */
  public Path endless(X509Bundle certificate) throws Exception {
    return respond(certificate, "V\t350101000000Z\t\t");
  }

  private Path respond(X509Bundle certificate, String state, String... validity) throws Exception {
    Path leaf = directory.resolve("responder-leaf.pem");
    Files.writeString(leaf, certificate.getCertificatePEM());
    String serial =
        certificate.getCertificate().getSerialNumber().toString(16).toUpperCase(Locale.ROOT);
    String even = serial.length() % 2 == 0 ? serial : "0" + serial;
    Files.writeString(
        directory.resolve("index.txt"),
        state + even + "\tunknown\t/CN=x\n",
        StandardCharsets.US_ASCII);
    run(
        "-issuer",
        "responder-ca.pem",
        "-cert",
        leaf.toString(),
        "-reqout",
        "request.der",
        "-no_nonce");
    Path response = Files.createTempFile(directory, "response", ".der");
    List<String> answer =
        new ArrayList<>(
            List.of(
                "-index",
                "index.txt",
                "-CA",
                "responder-ca.pem",
                "-rsigner",
                "responder-ca.pem",
                "-rkey",
                "responder-ca.key",
                "-reqin",
                "request.der",
                "-respout",
                response.toString()));
    answer.addAll(List.of(validity));
    run(answer.toArray(String[]::new));
    return response;
  }

  private void run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl", "ocsp"));
    command.addAll(List.of(arguments));
    Path output = directory.resolve("openssl.out");
    int status =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start()
            .waitFor();
    if (status != 0) {
      throw new IllegalStateException(command + ": " + Files.readString(output));
    }
  }
}
