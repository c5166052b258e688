package dev.mgit.lineage.graph;

import java.util.List;

/**
 * The columns of a graph. Versions are numbered so that parents come before their children; row {@code n} of each
 * column belongs to version {@code n}, and its parent edges are {@code edgeStart[n]} to {@code edgeStart[n + 1]} of
 * the edge columns, the version edge first. Names are numbers of {@link #strings}. Nothing here is changed once made.
 */
public final class GraphData {
    public static final int ID_BYTES = 20;

    static final GraphData EMPTY = new GraphData();

    int size;
    byte[] ids = {};
    /** Seconds since 1970. */
    public long[] when = {};

    public int[] model = {};
    public int[] authorName = {};
    public int[] authorMail = {};
    /** 1 where only the id is known: a parent whose record is not in this repository. */
    public byte[] absent = {};

    public int[] textStart = {0};
    /** Message and trailers, see {@link TextCodec}. */
    public byte[] text = {};

    public int[] edgeStart = {0};
    public int[] edgeParent = {};
    public byte[] edgeCode = {};
    /** The parent's model name when the edge was recorded; the version's own for a version edge. */
    int[] edgeModel = {};

    public List<String> strings = List.of();
    /** Names and heads of the models, sorted by name. */
    int[] modelName = {};

    int[] modelHead = {};
    int[] tagName = {};
    int[] tagNode = {};
    /** Edges added later that would have closed a circle and were left out: child, parent, child, parent, … */
    int[] circular = {};

    /** Digest of all notes of edges the graph was built with. */
    String notesDigest = "";
}
