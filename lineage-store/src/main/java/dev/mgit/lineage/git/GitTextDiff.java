package dev.mgit.lineage.git;

import java.util.Optional;
import org.eclipse.jgit.diff.Edit;
import org.eclipse.jgit.diff.HistogramDiff;
import org.eclipse.jgit.diff.RawText;
import org.eclipse.jgit.diff.RawTextComparator;

/**
 * How many lines two texts differ in, as {@code git diff --numstat} counts them.
 *
 * @param added lines only the second has
 * @param removed lines only the first has
 */
public record GitTextDiff(int added, int removed) {
    /** Compares two files; empty if Git would call one of them binary. */
    public static Optional<GitTextDiff> of(byte[] a, byte[] b) {
        if (RawText.isBinary(a) || RawText.isBinary(b)) {
            return Optional.empty();
        }
        int added = 0;
        int removed = 0;
        for (Edit edit : new HistogramDiff().diff(RawTextComparator.DEFAULT, new RawText(a), new RawText(b))) {
            added += edit.getLengthB();
            removed += edit.getLengthA();
        }
        return Optional.of(new GitTextDiff(added, removed));
    }
}
