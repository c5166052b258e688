package dev.mgit.lineage.graph;

import dev.mgit.lineage.version.EdgeKind;
import java.util.Arrays;
import java.util.Collection;

/** Which edges a question follows. */
public final class EdgeFilter {
    /** Version edges and provenance edges of every kind. */
    public static final EdgeFilter ALL = new EdgeFilter(-1);

    public static final EdgeFilter VERSION_ONLY = new EdgeFilter(1);

    /** Version edges and those over which weights were passed on. */
    public static final EdgeFilter WEIGHTS = of(
            true,
            Arrays.stream(EdgeKind.values()).filter(EdgeKind::passesWeights).toList());

    public static final EdgeFilter PROVENANCE_ONLY = new EdgeFilter(~1);

    /** Bit 0: version edges; bit n: provenance edges of the kind with that code. */
    private final int bits;

    private EdgeFilter(int bits) {
        this.bits = bits;
    }

    /** Provenance edges of some kinds, with version edges or without. */
    public static EdgeFilter of(boolean version, Collection<EdgeKind> kinds) {
        int bits = version ? 1 : 0;
        for (EdgeKind kind : kinds) {
            bits |= 1 << kind.code();
        }
        return new EdgeFilter(bits);
    }

    public boolean follows(byte edge) {
        return (bits >>> EdgeCode.kindCode(edge) & 1) != 0;
    }
}
