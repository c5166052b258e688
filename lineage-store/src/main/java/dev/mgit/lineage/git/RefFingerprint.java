package dev.mgit.lineage.git;

import dev.mgit.delta.Hashes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;

/** A hash over where some references point. */
final class RefFingerprint {
    private RefFingerprint() {}

    /**
     * @param references where they point, by name
     * @return lower-case hexadecimal SHA-256
     */
    static String of(Map<String, String> references) {
        MessageDigest digest = Hashes.sha256();
        new TreeMap<>(references)
                .forEach((ref, id) -> digest.update((id + " " + ref + "\n").getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** @return lower-case hexadecimal SHA-256; another whenever one of the references moves, comes or goes */
    static String of(Repository git, List<String> prefixes) throws IOException {
        MessageDigest digest = Hashes.sha256();
        byte[] id = new byte[Constants.OBJECT_ID_LENGTH];
        for (String prefix : prefixes) {
            for (Ref ref : RefListing.below(git, prefix)) {
                if (ref.getObjectId() != null) {
                    digest.update(ref.getName().getBytes(StandardCharsets.UTF_8));
                    digest.update((byte) 0);
                    ref.getObjectId().copyRawTo(id, 0);
                    digest.update(id);
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
