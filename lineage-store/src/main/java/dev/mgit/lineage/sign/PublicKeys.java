package dev.mgit.lineage.sign;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/** What public keys are called, and which may sign models. */
final class PublicKeys {
    static final String LABEL = "PUBLIC KEY";

    private PublicKeys() {}

    static ECPublicKey decode(byte[] der, String where) {
        try {
            return require(KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der)), where);
        } catch (GeneralSecurityException e) {
            throw wrong(where, e);
        }
    }

    /** @throws MgitException of kind USAGE if no model is signed by such a key */
    static ECPublicKey require(PublicKey key, String where) {
        try {
            if (key instanceof ECPublicKey ec && Curve.of(ec.getParams()).isPresent()) {
                return ec;
            }
        } catch (GeneralSecurityException e) {
            throw wrong(where, e);
        }
        throw wrong(where, null);
    }

    static MgitException wrong(String where, @org.jspecify.annotations.Nullable Exception cause) {
        return new MgitException(
                MgitException.Kind.USAGE,
                where + " is not an elliptic-curve key on P-256, P-384 or P-521",
                "make one with 'mgit sign --generate-key FILE'",
                cause);
    }

    static Curve curve(ECPublicKey key) {
        try {
            return Curve.of(key.getParams()).orElseThrow();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As OpenSSL and model signing write it. */
    static String pem(PublicKey key) {
        return Pem.text(LABEL, key.getEncoded());
    }

    /** What a bundle calls its key: SHA-256 of the PEM text. */
    static String hint(PublicKey key) {
        return HexFormat.of().formatHex(Hashes.sha256().digest(pem(key).getBytes(StandardCharsets.US_ASCII)));
    }
}
