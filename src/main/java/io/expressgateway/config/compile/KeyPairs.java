package io.expressgateway.config.compile;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/** Whether a private and a public key belong together, found out by signing something. */
final class KeyPairs {

  private static final byte[] PROBE =
      "expressgateway".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  private KeyPairs() {}

  static boolean belong(PrivateKey privateKey, PublicKey publicKey) {
    try {
      Signature signer = Signature.getInstance(algorithm(privateKey));
      signer.initSign(privateKey);
      signer.update(PROBE);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(algorithm(privateKey));
      verifier.initVerify(publicKey);
      verifier.update(PROBE);
      return verifier.verify(signature);
    } catch (GeneralSecurityException otherKinds) {
      return false;
    }
  }

  private static String algorithm(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> key.getAlgorithm();
    };
  }
}
