package dev.mgit.lineage.graph;

import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import java.util.List;

/**
 * One edge's type in a byte: low five bits 0 for a version edge, else the number of the kind; above them the number of
 * how mgit knows of it. The numbers are positions in the two lists, which may grow at their ends.
 */
final class EdgeCode {
    static final byte VERSION = 0;

    private static final int KIND_BITS = 5;
    private static final int KIND_MASK = (1 << KIND_BITS) - 1;
    private static final List<EdgeKind> KINDS = List.of(EdgeKind.values());
    private static final List<Source> SOURCES = List.of(Source.values());

    private EdgeCode() {}

    static byte of(EdgeKind kind, Source source) {
        return (byte) (SOURCES.indexOf(source) << KIND_BITS | kindCode(kind));
    }

    static int kindCode(EdgeKind kind) {
        return KINDS.indexOf(kind) + 1;
    }

    static int kindCode(byte edge) {
        return edge & KIND_MASK;
    }

    static boolean isVersion(byte edge) {
        return edge == VERSION;
    }

    static EdgeKind kind(byte edge) {
        return KINDS.get(kindCode(edge) - 1);
    }

    static Source source(byte edge) {
        return SOURCES.get(edge >>> KIND_BITS);
    }

    static boolean isValid(byte edge) {
        boolean known = kindCode(edge) >= 1 && kindCode(edge) <= KINDS.size() && edge >>> KIND_BITS < SOURCES.size();
        return edge == VERSION || (edge > 0 && known);
    }
}
