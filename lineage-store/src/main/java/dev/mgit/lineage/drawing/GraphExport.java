package dev.mgit.lineage.drawing;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.drawing.GraphView.Edge;
import dev.mgit.lineage.drawing.GraphView.Node;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.version.VersionId;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes a part of the graph for other programs to draw, or drawn. Names and messages cannot break out of a format. */
public final class GraphExport {
    /** The formats of {@code mgit graph --format}. */
    public enum Format {
        /** Graphviz. */
        DOT,
        MERMAID,
        /** One page that needs nothing else. */
        HTML,
        SVG;

        /** @throws MgitException of kind USAGE if there is no such format */
        public static Format parse(String word) {
            for (Format format : values()) {
                if (format.name().equals(word.toUpperCase(Locale.ROOT))) {
                    return format;
                }
            }
            throw new MgitException(
                    MgitException.Kind.USAGE, "unknown format '" + word + "'", "use one of dot, mermaid, html, svg");
        }
    }

    private GraphExport() {}

    /**
     * Writes versions and the edges among them.
     *
     * @param versions which versions to show, in any order
     */
    public static String write(LineageGraph graph, Collection<VersionId> versions, Format format) {
        return write(graph, versions, Map.of(), format);
    }

    /** The same with marks at some of the versions. */
    public static String write(
            LineageGraph graph, Collection<VersionId> versions, Map<VersionId, GraphMark> marks, Format format) {
        GraphView view = GraphView.of(graph, versions, marks);
        return switch (format) {
            case DOT -> dot(view);
            case MERMAID -> mermaid(view);
            case SVG -> SvgGraph.draw(view);
            case HTML -> HtmlGraph.page(view);
        };
    }

    private static String dot(GraphView view) {
        StringBuilder out = new StringBuilder("digraph lineage {\n  rankdir=LR;\n  node [shape=box];\n");
        for (Node node : view.nodes()) {
            Optional<GraphMark> mark = view.mark(node);
            out.append("  v%d [label=\"%s\\n%s%s\"%s%s];\n"
                    .formatted(
                            node.number(),
                            MarkupEscape.dot(node.label()),
                            MarkupEscape.dot(node.version().subject()),
                            mark.map(it -> "\\n" + MarkupEscape.dot(it.words())).orElse(""),
                            node.open() ? " style=bold" : "",
                            mark.map(it -> " color=\"" + it.color().hex() + "\" penwidth=3")
                                    .orElse("")));
        }
        for (Edge edge : view.edges()) {
            String style =
                    edge.kind().isPresent() ? " [style=dashed label=\"" + MarkupEscape.dot(edge.word()) + "\"]" : "";
            out.append("  v%d -> v%d%s;\n".formatted(edge.parent(), edge.child(), style));
        }
        return out.append("}\n").toString();
    }

    private static String mermaid(GraphView view) {
        StringBuilder out = new StringBuilder("flowchart LR\n");
        for (Node node : view.nodes()) {
            Optional<GraphMark> mark = view.mark(node);
            String label =
                    node.label() + mark.map(it -> " (" + it.words() + ")").orElse("");
            out.append("  v%d[\"%s\"]\n".formatted(node.number(), MarkupEscape.mermaid(label)));
            mark.ifPresent(it -> out.append("  style v%d stroke:%s,stroke-width:4px\n"
                    .formatted(node.number(), it.color().hex())));
        }
        for (Edge edge : view.edges()) {
            String arrow = edge.kind().isPresent() ? "-. " + edge.word() + " .->" : "-->";
            out.append("  v%d %s v%d\n".formatted(edge.parent(), arrow, edge.child()));
        }
        return out.toString();
    }
}
