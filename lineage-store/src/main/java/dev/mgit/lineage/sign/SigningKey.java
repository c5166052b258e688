package dev.mgit.lineage.sign;

import dev.mgit.delta.MgitException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** A private key on P-256 that signs, by itself or as the owner of a certificate. */
public final class SigningKey {
    private static final String PLAIN = "PRIVATE KEY";
    private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";

    private final ECPrivateKey key;
    private final ECPublicKey publicKey;
    private final List<X509Certificate> certificates;

    private SigningKey(ECPrivateKey key, ECPublicKey publicKey, List<X509Certificate> certificates) {
        this.key = key;
        this.publicKey = publicKey;
        this.certificates = List.copyOf(certificates);
    }

    /** A new pair as PEM text. */
    public record Pair(String privateKey, String publicKey) {}

    public static Pair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(Curve.P256.standardName()));
            KeyPair pair = generator.generateKeyPair();
            return new Pair(Pem.text(PLAIN, pair.getPrivate().getEncoded()), PublicKeys.pem(pair.getPublic()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads a key in PEM, PKCS #8.
     *
     * @param where it was found, for messages
     * @param password of an encrypted one
     * @throws MgitException of kind USAGE if it is none that can sign
     */
    public static SigningKey parse(byte[] pem, String where, Optional<char[]> password) {
        try {
            for (Pem.Block block : Pem.blocks(new String(pem, StandardCharsets.ISO_8859_1))) {
                switch (block.label()) {
                    case PLAIN -> {
                        return of(block.der(), where);
                    }
                    case ENCRYPTED -> {
                        return of(decrypt(block.der(), where, password), where);
                    }
                    case "EC PRIVATE KEY" ->
                        throw new MgitException(
                                MgitException.Kind.USAGE,
                                where + " is a key in SEC 1, not in PKCS #8",
                                "convert it: openssl pkcs8 -topk8 -nocrypt -in FILE -out NEW");
                    default -> {}
                }
            }
        } catch (IllegalArgumentException e) {
            throw PublicKeys.wrong(where, e);
        }
        throw new MgitException(
                MgitException.Kind.USAGE,
                where + " holds no private key in PEM",
                "make one with 'mgit sign --generate-key FILE'");
    }

    private static SigningKey of(byte[] der, String where) {
        try {
            PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
            if (!(key instanceof ECPrivateKey ec)) {
                throw PublicKeys.wrong(where, null);
            }
            if (!Curve.of(ec.getParams()).equals(Optional.of(Curve.P256))) {
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        where + " is a key on another curve than P-256, which not every verifier reads",
                        "make one with 'mgit sign --generate-key FILE'");
            }
            var point = new ECPublicKeySpec(Curve.P256.publicPoint(ec.getS()), Curve.P256.parameters());
            Key derived = KeyFactory.getInstance("EC").generatePublic(point);
            return new SigningKey(ec, (ECPublicKey) derived, List.of());
        } catch (GeneralSecurityException e) {
            throw PublicKeys.wrong(where, e);
        }
    }

    private static byte[] decrypt(byte[] der, String where, Optional<char[]> password) {
        char[] given = password.orElseThrow(() -> new MgitException(
                MgitException.Kind.USAGE,
                where + " is encrypted",
                "name an environment variable that holds its password with --password-env"));
        try {
            var info = new EncryptedPrivateKeyInfo(der);
            String algorithm = info.getAlgParameters() == null
                    ? info.getAlgName()
                    : info.getAlgParameters().toString(); // PBES2 is named by its parameters only
            var secret = SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(given));
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(Cipher.DECRYPT_MODE, secret, info.getAlgParameters());
            return info.getKeySpec(cipher).getEncoded();
        } catch (GeneralSecurityException | java.io.IOException e) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    where + " cannot be decrypted: the password is wrong, or it is encrypted in an unknown way",
                    "encrypt it so that every program reads it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE -out NEW",
                    e);
        }
    }

    /**
     * The same key as a certificate's.
     *
     * @param chain the certificate of this key first, then those that lead to a root
     * @throws MgitException of kind USAGE if the first is another key's
     */
    public SigningKey with(List<X509Certificate> chain) {
        if (!chain.isEmpty() && !chain.get(0).getPublicKey().equals(publicKey)) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "the certificate of " + chain.get(0).getSubjectX500Principal() + " is not this key's",
                    "name the certificate of the key first, then those that lead to the root");
        }
        return new SigningKey(key, publicKey, chain);
    }

    /** Signs a statement. */
    public SigstoreBundle sign(Statement statement) {
        byte[] payload = statement.bytes();
        byte[] signature;
        try {
            Signature signing = Signature.getInstance(Curve.P256.algorithm());
            signing.initSign(key);
            signing.update(Dsse.encoding(Dsse.IN_TOTO, payload));
            signature = signing.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return new SigstoreBundle(
                certificates.isEmpty() ? Optional.of(PublicKeys.hint(publicKey)) : Optional.empty(),
                certificates,
                new Dsse(Dsse.IN_TOTO, payload, signature));
    }

    /** Who it is, for people. */
    public String name() {
        return certificates.isEmpty() ? Signers.name(publicKey) : Signers.name(certificates.get(0));
    }

    /** The trust that lets its own signatures pass. */
    public Trust trust() {
        return Trust.of(List.of(publicKey), List.of());
    }

    /** The public half in PEM. */
    public String publicPem() {
        return PublicKeys.pem(publicKey);
    }
}
