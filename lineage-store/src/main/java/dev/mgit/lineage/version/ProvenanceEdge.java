package dev.mgit.lineage.version;

import java.util.Arrays;

/**
 * A version was derived from another model's version.
 *
 * @param parent the version derived from, pinned by hash
 * @param model the parent's model name when the edge was recorded
 */
public record ProvenanceEdge(VersionId parent, String model, EdgeKind kind, Source source) {
    /** How mgit knows of an edge. */
    public enum Source {
        /** Recorded in the commit itself. */
        DECLARED(0, "declared"),
        /** Added later with {@code mgit edge add}; kept in notes. */
        ADDED(1, "added"),
        /** Found from the weights and accepted. */
        INFERRED(2, "inferred");

        private final int code;
        private final String word;

        Source(int code, String word) {
            this.code = code;
            this.word = word;
        }

        /** The source's number in indexes, from 0; never reused. */
        public int code() {
            return code;
        }

        /** The source as it stands in notes and in JSON. */
        public String word() {
            return word;
        }

        /** @throws IllegalArgumentException if there is no such source */
        public static Source parse(String word) {
            return Arrays.stream(values())
                    .filter(source -> source.word.equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("'" + word + "' is no source of an edge"));
        }
    }
}
