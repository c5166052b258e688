package dev.mgit.lineage.sign;

import java.security.PublicKey;
import java.security.cert.X509Certificate;

/** What those who sign are called, for people. */
final class Signers {
    private static final int SHOWN = 16;

    private Signers() {}

    static String name(PublicKey key) {
        return named(PublicKeys.hint(key));
    }

    static String named(String hint) {
        return "key " + hint.substring(0, Math.min(SHOWN, hint.length()));
    }

    static String name(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName();
    }
}
