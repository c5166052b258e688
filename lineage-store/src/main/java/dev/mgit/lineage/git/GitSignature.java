package dev.mgit.lineage.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;

/**
 * A signature of Git's own, of a commit or of a tag, by SSH or OpenPGP.
 *
 * @param what it is over: {@code commit}, or {@code tag NAME}
 * @param payload what was signed, a character for each byte (ISO 8859-1)
 * @param armour the signature as text
 */
public record GitSignature(String what, String payload, String armour) {
    private static final String HEADER = "gpgsig ";
    private static final String[] BEGINNINGS = {"-----BEGIN SSH SIGNATURE-----", "-----BEGIN PGP SIGNATURE-----"};

    public boolean isSsh() {
        return armour.startsWith(BEGINNINGS[0]);
    }

    /** Those of a version's commit and of the tags on it. */
    static List<GitSignature> of(GitLineage lineage, ObjectId version) throws IOException {
        List<GitSignature> found = new ArrayList<>();
        commit(lineage.git().open(version, Constants.OBJ_COMMIT).getBytes()).ifPresent(found::add);
        for (Ref ref : RefListing.below(lineage.git(), Constants.R_TAGS)) {
            Ref peeled = lineage.git().getRefDatabase().peel(ref);
            if (version.equals(peeled.getPeeledObjectId())) {
                String name = ref.getName().substring(Constants.R_TAGS.length());
                tag(
                                name,
                                lineage.git()
                                        .open(ref.getObjectId(), Constants.OBJ_TAG)
                                        .getBytes())
                        .ifPresent(found::add);
            }
        }
        return found;
    }

    /** The header of that name, whose further lines begin with a space. What is signed is the rest. */
    private static Optional<GitSignature> commit(byte[] raw) {
        String text = text(raw);
        int headers = text.indexOf("\n\n");
        int start = text.indexOf("\n" + HEADER) + 1;
        if (start == 0 || start > headers) {
            return Optional.empty();
        }
        int end = text.indexOf('\n', start);
        while (end + 1 < text.length() && text.charAt(end + 1) == ' ') {
            end = text.indexOf('\n', end + 1);
        }
        String armour = text.substring(start + HEADER.length(), end).replace("\n ", "\n") + "\n";
        String signed = text.substring(0, start) + text.substring(end + 1);
        return Optional.of(new GitSignature("commit", signed, armour));
    }

    /** At the end of the message. */
    private static Optional<GitSignature> tag(String name, byte[] raw) {
        String text = text(raw);
        for (String beginning : BEGINNINGS) {
            int start = text.indexOf("\n" + beginning) + 1;
            if (start > 0) {
                return Optional.of(new GitSignature("tag " + name, text.substring(0, start), text.substring(start)));
            }
        }
        return Optional.empty();
    }

    /** A character for each byte, whatever the encoding. */
    private static String text(byte[] raw) {
        return new String(raw, StandardCharsets.ISO_8859_1);
    }
}
