package dev.mgit.lineage.verify;

import dev.mgit.lineage.version.Lineage;

/** What no check can prove of a repository by itself. */
public final class Unproven {
    private Unproven() {}

    /** One sentence for the end of an audit, which says so in plain words. */
    public static String sentence(Lineage lineage) {
        return lineage.operationHead()
                .map(head -> "whoever can write to this repository can rewrite all of its history together with "
                        + "the operation log (head " + head.substring(0, 12)
                        + "); only a signature shows that nobody did.")
                .orElse("this repository has no record of who moved its references; authors, times, messages and "
                        + "test results are as they stand.");
    }
}
