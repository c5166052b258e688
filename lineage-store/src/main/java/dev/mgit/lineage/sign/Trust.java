package dev.mgit.lineage.sign;

import dev.mgit.delta.MgitException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whose signatures count.
 *
 * @param at the time at which certificates must be valid
 */
public record Trust(List<ECPublicKey> keys, Set<X509Certificate> roots, Instant at) {
    public Trust {
        keys = List.copyOf(keys);
        roots = Set.copyOf(roots);
    }

    static Trust of(List<ECPublicKey> keys, List<X509Certificate> roots) {
        return new Trust(keys, new LinkedHashSet<>(roots), Instant.now());
    }

    public static Trust none() {
        return of(List.of(), List.of());
    }

    /**
     * The public keys and root certificates of a PEM text.
     *
     * @throws MgitException of kind USAGE if there is neither
     */
    public static Trust parse(byte[] pem, String where) {
        List<ECPublicKey> keys = new ArrayList<>();
        try {
            for (Pem.Block block : Pem.blocks(new String(pem, StandardCharsets.ISO_8859_1))) {
                if (block.label().equals(PublicKeys.LABEL)) {
                    keys.add(PublicKeys.decode(block.der(), where));
                } else if (block.label().endsWith("PRIVATE KEY")) {
                    throw new MgitException(
                            MgitException.Kind.USAGE,
                            where + " is a private key; verifying takes the public one",
                            "openssl ec -in FILE -pubout");
                }
            }
        } catch (IllegalArgumentException e) {
            throw PublicKeys.wrong(where, e);
        }
        List<X509Certificate> roots = Certificates.blocks(pem, where);
        if (keys.isEmpty() && roots.isEmpty()) {
            throw MgitException.usage(where + " holds no public key and no certificate in PEM");
        }
        return of(keys, roots);
    }

    public Trust and(Trust other) {
        List<ECPublicKey> allKeys = new ArrayList<>(keys);
        allKeys.addAll(other.keys);
        Set<X509Certificate> allRoots = new LinkedHashSet<>(roots);
        allRoots.addAll(other.roots);
        return new Trust(allKeys, allRoots, at);
    }

    public Trust as(Instant time) {
        return new Trust(keys, roots, time);
    }

    public boolean isEmpty() {
        return keys.isEmpty() && roots.isEmpty();
    }

    /** Whether a bundle is one that these keys or roots can judge. */
    public boolean knows(SigstoreBundle bundle) {
        if (!bundle.isSigned()) {
            return false;
        }
        return bundle.certificates().isEmpty() ? keyOf(bundle).isPresent() : !roots.isEmpty();
    }

    /** The key that a bundle names, or the only one there is for one that names none. */
    private Optional<ECPublicKey> keyOf(SigstoreBundle bundle) {
        if (bundle.hint().isEmpty()) {
            return keys.size() == 1 ? Optional.of(keys.get(0)) : Optional.empty();
        }
        return keys.stream()
                .filter(key -> bundle.hint().get().equals(PublicKeys.hint(key)))
                .findFirst();
    }

    /**
     * Checks who signed a bundle.
     *
     * @return the signer, for people
     * @throws MgitException of kind INTEGRITY if it was nobody whose signatures count, or if the signature is wrong
     */
    public String require(SigstoreBundle bundle) {
        if (!bundle.certificates().isEmpty()) {
            Certificates.require(bundle.certificates(), roots, at);
            PublicKey key = bundle.certificates().get(0).getPublicKey();
            bundle.envelope().requireSignedBy(PublicKeys.require(key, "the certificate's key"));
            return Signers.name(bundle.certificates().get(0));
        }
        ECPublicKey key = keyOf(bundle)
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.INTEGRITY,
                        "it was signed by " + bundle.claimedSigner() + ", another key than the one given",
                        "verify with the public key of whoever signed it"));
        bundle.envelope().requireSignedBy(key);
        return Signers.name(key);
    }
}
