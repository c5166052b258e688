package dev.mgit.lineage.graph;

import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One edge's type in a byte: low five bits 0 for a version edge, else {@link EdgeKind#code()}; above them two bits with
 * {@link Source#code()}. The sign bit is clear.
 */
public final class EdgeCode {
    static final byte VERSION = 0;

    private static final int KIND_BITS = 5;
    private static final int KIND_MASK = (1 << KIND_BITS) - 1;
    /** What each byte stands for; null where it stands for nothing. */
    private static final @Nullable EdgeKind[] KINDS = new EdgeKind[1 << KIND_BITS];

    private static final @Nullable Source[] SOURCES = new Source[Byte.MAX_VALUE + 1 >>> KIND_BITS];

    static {
        Arrays.stream(EdgeKind.values()).forEach(kind -> KINDS[kind.code()] = kind);
        Arrays.stream(Source.values()).forEach(source -> SOURCES[source.code()] = source);
    }

    private EdgeCode() {}

    static byte of(EdgeKind kind, Source source) {
        return (byte) (source.code() << KIND_BITS | kind.code());
    }

    static int kindCode(byte edge) {
        return edge & KIND_MASK;
    }

    public static boolean isVersion(byte edge) {
        return edge == VERSION;
    }

    public static EdgeKind kind(byte edge) {
        return Objects.requireNonNull(KINDS[kindCode(edge)]);
    }

    static Source source(byte edge) {
        return Objects.requireNonNull(SOURCES[edge >>> KIND_BITS]);
    }

    /** Whether a byte is a version edge or an edge of a kind and source this version of mgit knows. */
    static boolean isValid(byte edge) {
        boolean known = edge > 0 && KINDS[kindCode(edge)] != null && SOURCES[edge >>> KIND_BITS] != null;
        return edge == VERSION || known;
    }
}
