package dev.mgit.lineage.sign;

import dev.mgit.delta.MgitException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads certificates and follows them to a root. */
public final class Certificates {
    private static final String LABEL = "CERTIFICATE";
    private static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";

    private Certificates() {}

    /**
     * The certificates of a PEM text, in order.
     *
     * @throws MgitException of kind USAGE if there is none
     */
    public static List<X509Certificate> parse(byte[] pem, String where) {
        List<X509Certificate> found = blocks(pem, where);
        if (found.isEmpty()) {
            throw MgitException.usage(where + " holds no certificate in PEM");
        }
        return found;
    }

    static List<X509Certificate> blocks(byte[] pem, String where) {
        try {
            return Pem.blocks(new String(pem, StandardCharsets.ISO_8859_1)).stream()
                    .filter(block -> block.label().equals(LABEL))
                    .map(block -> decode(block.der(), where))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new MgitException(MgitException.Kind.USAGE, where + " holds a damaged certificate", null, e);
        }
    }

    static X509Certificate decode(byte[] der, String where) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new MgitException(MgitException.Kind.INTEGRITY, where + " holds a damaged certificate", null, e);
        }
    }

    /** @throws MgitException of kind INTEGRITY if the first may not sign at that time, or does not lead to a root */
    static void require(List<X509Certificate> chain, Collection<X509Certificate> roots, Instant at) {
        for (X509Certificate one : chain) {
            requireValid(one, at);
        }
        X509Certificate signer = chain.get(0);
        if (!maySign(signer)) {
            throw MgitException.integrity("the certificate of " + Signers.name(signer) + " is not one for signing");
        }
        Set<TrustAnchor> anchors =
                roots.stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet());
        try {
            if (anchors.isEmpty()) {
                throw new CertPathValidatorException("no root is trusted");
            }
            List<X509Certificate> below =
                    chain.stream().filter(one -> !roots.contains(one)).toList();
            if (below.isEmpty()) {
                return; // a root that signed by itself
            }
            CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(below);
            var parameters = new PKIXParameters(anchors);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(at));
            CertPathValidator.getInstance("PKIX").validate(path, parameters);
        } catch (GeneralSecurityException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "the certificate of " + Signers.name(signer) + " does not lead to a trusted root",
                    "name the root it was issued under with --certificate-root",
                    e);
        }
    }

    private static void requireValid(X509Certificate one, Instant at) {
        if (one.getNotAfter().toInstant().isBefore(at)) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "the certificate of " + Signers.name(one) + " expired on " + day(one.getNotAfter()),
                    "if you know that it was signed before, verify as of then: --at "
                            + one.getNotBefore().toInstant());
        }
        if (one.getNotBefore().toInstant().isAfter(at)) {
            throw MgitException.integrity(
                    "the certificate of " + Signers.name(one) + " is valid only from " + day(one.getNotBefore()));
        }
    }

    private static String day(Date date) {
        return date.toInstant().atOffset(ZoneOffset.UTC).toLocalDate().toString();
    }

    private static boolean maySign(X509Certificate certificate) {
        try {
            boolean[] usage = certificate.getKeyUsage();
            List<String> extended = certificate.getExtendedKeyUsage();
            return usage != null && usage[0] || extended != null && extended.contains(CODE_SIGNING);
        } catch (CertificateException e) {
            return false;
        }
    }
}
