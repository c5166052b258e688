package dev.mgit.serve.hub.push;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Lets a client that was let in send one file without its token, which clients of Git LFS leave out when they send bytes.
 * Good for a while, and as long as the server runs.
 */
final class UploadSignature {
    private static final String ALGORITHM = "HmacSHA256";
    private static final Duration GOOD_FOR = Duration.ofHours(12);
    private static final int KEY = 32;

    private final SecretKeySpec key;
    private final Clock clock;

    UploadSignature(Clock clock) {
        byte[] random = new byte[KEY];
        new SecureRandom().nextBytes(random);
        this.key = new SecretKeySpec(random, ALGORITHM);
        this.clock = clock;
    }

    /** The end of a path: when it ends to be good, and a proof. */
    String of(String oid, long size) {
        long end = clock.instant().plus(GOOD_FOR).getEpochSecond();
        return end + "-" + proof(oid, size, end);
    }

    boolean isGood(String signature, String oid, long size) {
        int dash = signature.indexOf('-');
        if (!signature.substring(0, Math.max(0, dash)).matches("\\d{1,12}")) {
            return false;
        }
        long end = Long.parseLong(signature.substring(0, dash));
        byte[] given = signature.substring(dash + 1).getBytes(StandardCharsets.UTF_8);
        boolean proven = MessageDigest.isEqual(given, proof(oid, size, end).getBytes(StandardCharsets.UTF_8));
        return proven && clock.instant().getEpochSecond() < end;
    }

    private String proof(String oid, long size, long end) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] text = (oid + " " + size + " " + end).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(mac.doFinal(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
