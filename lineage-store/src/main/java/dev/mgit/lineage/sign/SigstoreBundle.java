package dev.mgit.lineage.sign;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A signature as a file of its own: Sigstore's bundle, version 0.3, with a DSSE envelope.
 *
 * @param hint SHA-256 of the signer's public key; empty where there are certificates
 * @param certificates the signer's first, then those that lead to a root
 */
public record SigstoreBundle(Optional<String> hint, List<X509Certificate> certificates, Dsse envelope) {
    static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

    /** A statement over a hundred thousand files takes some twenty. */
    public static final int MAX_BYTES = 64 << 20;

    public SigstoreBundle {
        certificates = List.copyOf(certificates);
    }

    /** @throws MgitException of kind INTEGRITY if it is no such bundle */
    public static SigstoreBundle parse(byte[] bytes, String where) {
        if (bytes.length > MAX_BYTES) {
            throw MgitException.integrity(where + " is too large for a signature");
        }
        try {
            return of(Json.parseObject(bytes), where);
        } catch (JsonException | IllegalArgumentException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    where + " is not a Sigstore bundle: " + e.getMessage(),
                    "it may be truncated; get it again from whoever signed",
                    e);
        }
    }

    private static SigstoreBundle of(JsonObject json, String where) {
        String media = json.string("mediaType");
        if (!media.equals(MEDIA_TYPE)) {
            throw new JsonException("its media type is '" + media + "', not " + MEDIA_TYPE);
        }
        JsonObject material = json.object("verificationMaterial");
        Optional<String> hint = material.optionalObject("publicKey").flatMap(key -> key.optionalString("hint"));
        List<JsonObject> chain = new ArrayList<>();
        material.optionalObject("certificate").ifPresent(chain::add);
        material.optionalObject("x509CertificateChain").ifPresent(found -> chain.addAll(found.objects("certificates")));
        List<X509Certificate> certificates = new ArrayList<>();
        for (JsonObject one : chain) {
            certificates.add(Certificates.decode(base64(one, "rawBytes"), where));
        }
        JsonObject envelope = json.object("dsseEnvelope");
        List<JsonObject> signatures = envelope.objects("signatures");
        if (signatures.size() > 1) {
            throw new JsonException("its envelope has " + signatures.size() + " signatures, not one");
        }
        return new SigstoreBundle(
                hint,
                certificates,
                new Dsse(
                        envelope.string("payloadType"),
                        base64(envelope, "payload"),
                        signatures.isEmpty() ? new byte[0] : base64(signatures.get(0), "sig")));
    }

    /** A statement that nobody vouches for, kept in the same form. */
    public static SigstoreBundle unsigned(Statement statement) {
        return new SigstoreBundle(Optional.empty(), List.of(), new Dsse(Dsse.IN_TOTO, statement.bytes(), new byte[0]));
    }

    public boolean isSigned() {
        return envelope.signature().length > 0;
    }

    private static byte[] base64(JsonObject json, String member) {
        return Base64.getDecoder().decode(json.string(member));
    }

    /** One line of JSON. */
    public byte[] bytes() {
        Map<String, Object> material = new LinkedHashMap<>();
        hint.ifPresent(known -> material.put("publicKey", Map.of("hint", known)));
        if (!certificates.isEmpty()) {
            List<Map<String, String>> chain = certificates.stream()
                    .map(one -> Map.of("rawBytes", encode(der(one))))
                    .toList();
            material.put("x509CertificateChain", Map.of("certificates", chain));
        }
        material.put("tlogEntries", List.of());
        Map<String, Object> signed = new LinkedHashMap<>();
        signed.put("payload", encode(envelope.payload()));
        signed.put("payloadType", envelope.payloadType());
        Map<String, String> signature = new LinkedHashMap<>();
        signature.put("sig", encode(envelope.signature()));
        signature.put("keyid", "");
        signed.put("signatures", isSigned() ? List.of(signature) : List.of());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mediaType", MEDIA_TYPE);
        json.put("verificationMaterial", material);
        json.put("dsseEnvelope", signed);
        return Json.bytes(json);
    }

    private static byte[] der(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /**
     * Who says they signed it; {@link Trust#require} finds out.
     */
    public String claimedSigner() {
        if (!isSigned()) {
            return "nobody";
        }
        return certificates.isEmpty()
                ? hint.map(Signers::named).orElse("a key it does not name")
                : Signers.name(certificates.get(0));
    }

    /**
     * What it states, whoever signed it.
     *
     * @throws MgitException of kind INTEGRITY if it is no in-toto statement
     */
    public Statement statement() {
        if (!envelope.payloadType().equals(Dsse.IN_TOTO)) {
            throw MgitException.integrity(
                    "the envelope's payload type is '" + envelope.payloadType() + "', not " + Dsse.IN_TOTO);
        }
        return Statement.parse(envelope.payload());
    }
}
