package dev.mgit.lineage.detect;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What names, times and claims add to what the weights say, as log-odds of the direction. None of it makes a relation
 * where the weights show none.
 */
final class MetadataEvidence {
    /** A README or configuration that names the other as its base. */
    static final double CLAIM = 6;

    /** Names that are alike but for a version number at the end. */
    static final double VERSION = 3;

    /** A trainer left its traces in one of the two alone, so that one was trained here. */
    static final double TRAINED = 4;

    /** File times: copying and downloading change them, but a base is rarely written after what was made of it. */
    static final double TIME = 2.5;

    /** What is already in a repository mostly comes before what is added. */
    static final double RECORDED = 2;

    private static final Duration NOTABLE = Duration.ofMinutes(1);
    private static final Pattern NUMBERED = Pattern.compile("(.*?)[-_.]?v?([0-9]{1,9}(?:[._][0-9]{1,9})*)");

    private MetadataEvidence() {}

    /** A relation of a to b, judged with all that is known of both. */
    static Relation judged(Relation relation, Subject a, Subject b) {
        Relation judged = relation;
        if (claims(b, a)) {
            judged = judged.with(CLAIM, "its files name '" + a.name() + "' as its base, and the weights agree");
        }
        if (claims(a, b)) {
            judged = judged.with(-CLAIM, "the files of '" + a.name() + "' name this as their base");
        }
        if (a.settled() != b.settled()) {
            judged = judged.with(a.settled() ? RECORDED : -RECORDED, "already in the repository");
        }
        judged = trainer(judged, a.sketch().claims(), b.sketch().claims());
        int newer = newer(a.name(), b.name());
        if (newer != 0) {
            judged = judged.with(newer * VERSION, "names of two versions");
        }
        if (a.when().isPresent() && b.when().isPresent()) {
            Duration later = Duration.between(a.when().get(), b.when().get());
            if (later.abs().compareTo(NOTABLE) > 0) {
                judged = judged.with(
                        later.isNegative() ? -TIME : TIME, later.isNegative() ? "older files" : "newer files");
            }
        }
        return judged;
    }

    /** What a trainer's own files say: steps of one run, or that only one of the two was trained. */
    private static Relation trainer(Relation relation, MetadataClaims a, MetadataClaims b) {
        if (a.sharesRunWith(b)) {
            // what is saved at the end of a run has no step
            long stepA = a.step() == MetadataClaims.NO_STEP ? Long.MAX_VALUE : a.step();
            long stepB = b.step() == MetadataClaims.NO_STEP ? Long.MAX_VALUE : b.step();
            int order = Long.compare(stepB, stepA);
            String words =
                    "step " + (b.step() < 0 ? "last" : b.step()) + " after " + (a.step() < 0 ? "last" : a.step());
            return order == 0 ? relation : relation.with(order * CLAIM, words + " of one run of a trainer");
        }
        if (a.isTrained() == b.isTrained()) {
            return relation;
        }
        return b.isTrained()
                ? relation.with(TRAINED, "a trainer wrote it" + atStep(b) + ", and not the other")
                : relation.with(-TRAINED, "a trainer wrote the other" + atStep(a) + ", and not this");
    }

    private static String atStep(MetadataClaims claims) {
        return claims.step() < 0 ? "" : " at step " + claims.step();
    }

    /** Whether a's files name b as what it was made from. */
    static boolean claims(Subject a, Subject b) {
        return a.sketch().claims().nameAsBase(b.name(), a.name());
    }

    /** Whether a claim means a model: the same letters and digits, with or without an organisation before them. */
    static boolean names(String claim, String name) {
        String last = plainName(claim);
        return !last.isEmpty()
                && (plain(name).equals(plain(claim)) || plainName(name).equals(last));
    }

    /** A name as claims are compared: what stands after the last slash, letters and digits only. */
    static String plainName(String name) {
        String trimmed = name.replace('\\', '/').replaceAll("/+$", "");
        return plain(trimmed.substring(trimmed.lastIndexOf('/') + 1));
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    /** Whether two names differ by a version number at their ends alone: 1 if b's is higher, -1 if a's is, else 0. */
    static int newer(String a, String b) {
        Matcher first = NUMBERED.matcher(a);
        Matcher second = NUMBERED.matcher(b);
        boolean numberedA = first.matches();
        boolean numberedB = second.matches();
        String stemA = numberedA ? first.group(1) : a;
        String stemB = numberedB ? second.group(1) : b;
        if (numberedA && numberedB && stemA.equals(stemB)) {
            return compare(first.group(2), second.group(2));
        }
        if (numberedB && stemB.equals(a)) {
            return 1;
        }
        return numberedA && stemA.equals(b) ? -1 : 0;
    }

    private static int compare(String a, String b) {
        List<String> left = List.of(a.split("[._]"));
        List<String> right = List.of(b.split("[._]"));
        for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
            BigInteger x = new BigInteger(i < left.size() ? left.get(i) : "0");
            BigInteger y = new BigInteger(i < right.size() ? right.get(i) : "0");
            if (!x.equals(y)) {
                return y.compareTo(x);
            }
        }
        return 0;
    }
}
