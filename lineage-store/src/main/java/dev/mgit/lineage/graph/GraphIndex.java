package dev.mgit.lineage.graph;

import dev.mgit.lineage.graph.GraphFile.Stored;
import dev.mgit.lineage.version.Lineage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Keeps the lineage graph in a file beside Git, so that a question need not read every commit. Never the truth: a file
 * that is missing, damaged or of another state of the repository is made anew, and one that cannot be written is done
 * without.
 */
public final class GraphIndex {
    /** Where a graph came from. */
    public enum Origin {
        /** Read from the file as it was. */
        LOADED,
        /** Read from the file, and versions made since added. */
        EXTENDED,
        /** Read from the lineage. */
        REBUILT
    }

    /** A graph and where it came from. */
    public record Loaded(LineageGraph graph, Origin origin) {}

    private final Path file;

    /** @param file where to keep the graph; its folder is made if needed */
    public GraphIndex(Path file) {
        this.file = file;
    }

    /** Removes what killed questions left beside the file: they hold no lock, so no other command knows of them. */
    public void removeUnfinished() throws IOException {
        GraphFile.removeUnfinished(file);
    }

    /** The graph of a lineage as it stands. */
    public Loaded load(Lineage lineage) {
        String fingerprint = lineage.fingerprint();
        Optional<Stored> stored = GraphFile.read(file);
        if (stored.isPresent()) {
            LineageGraph known = new LineageGraph(stored.get().data());
            if (stored.get().fingerprint().equals(fingerprint)) {
                return new Loaded(known, Origin.LOADED);
            }
            Optional<GraphData> extended = GraphBuilder.extend(known, lineage);
            if (extended.isPresent()) {
                return keep(lineage, extended.get(), fingerprint, Origin.EXTENDED);
            }
        }
        return keep(lineage, GraphBuilder.build(lineage), fingerprint, Origin.REBUILT);
    }

    /** The graph as it was last kept, whatever became of the lineage since; empty if there is none that can be read. */
    public Optional<LineageGraph> kept() {
        return GraphFile.read(file).map(stored -> new LineageGraph(stored.data()));
    }

    /** Kept only if nobody moved a reference meanwhile: then nobody knows which state the graph is of. */
    private Loaded keep(Lineage lineage, GraphData data, String fingerprint, Origin origin) {
        try {
            if (lineage.fingerprint().equals(fingerprint)) {
                GraphFile.write(file, fingerprint, data);
            }
        } catch (IOException e) {
            // The answer does not depend on the file; in a repository one may only read, every question reads it all.
        }
        return new Loaded(new LineageGraph(data), origin);
    }
}
