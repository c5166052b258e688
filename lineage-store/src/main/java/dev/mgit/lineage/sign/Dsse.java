package dev.mgit.lineage.sign;

import dev.mgit.delta.MgitException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;

/** A signed payload (Dead Simple Signing Envelope, version 1). */
final class Dsse {
    static final String IN_TOTO = "application/vnd.in-toto+json";

    private final String payloadType;
    private final byte[] payload;
    private final byte[] signature;

    /** @param signature in DER, over the payload and its type; empty if there is none */
    Dsse(String payloadType, byte[] payload, byte[] signature) {
        this.payloadType = payloadType;
        this.payload = payload.clone();
        this.signature = signature.clone();
    }

    String payloadType() {
        return payloadType;
    }

    byte[] payload() {
        return payload.clone();
    }

    byte[] signature() {
        return signature.clone();
    }

    /** What is signed (pre-authentication encoding). */
    static byte[] encoding(String type, byte[] payload) {
        byte[] name = type.getBytes(StandardCharsets.UTF_8);
        byte[] head =
                ("DSSEv1 " + name.length + " " + type + " " + payload.length + " ").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(head.length + payload.length)
                .put(head)
                .put(payload)
                .array();
    }

    /** @throws MgitException of kind INTEGRITY if the key did not sign this */
    void requireSignedBy(ECPublicKey key) {
        Curve curve = PublicKeys.curve(key);
        boolean good;
        try {
            Signature verifying = Signature.getInstance(curve.algorithm());
            verifying.initVerify(key);
            verifying.update(encoding(payloadType, payload));
            good = verifying.verify(signature);
        } catch (GeneralSecurityException e) {
            good = false;
        }
        if (!good) {
            throw MgitException.integrity("the signature is not one of " + Signers.name(key) + " over this statement");
        }
    }
}
