package dev.mgit.cli.command.lineage;

import dev.mgit.cli.console.Output;
import dev.mgit.lineage.drawing.GraphMark;
import dev.mgit.lineage.drawing.TextGraph;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.text.TextWidth;
import dev.mgit.lineage.text.VisibleText;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Models as lanes of text, what is made from others above them: one line a model, with its newest version and its mark,
 * in the mark's color.
 */
final class PlanGraph {
    /** Models by the version they are shown by, with those they are made from. */
    private final Map<VersionId, Set<VersionId>> parents = new LinkedHashMap<>();

    private final Map<VersionId, String> names = new LinkedHashMap<>();

    /** @param chosen versions; models whose newest is not among them are left out */
    PlanGraph(LineageGraph graph, Set<VersionId> chosen) {
        Map<String, VersionId> heads = new LinkedHashMap<>();
        for (Model model : graph.models()) {
            if (chosen.contains(model.head())) {
                heads.put(model.name(), model.head());
                names.put(model.head(), model.name());
            }
        }
        heads.forEach((model, head) -> {
            Set<VersionId> from = new LinkedHashSet<>();
            for (ProvenanceEdge edge :
                    graph.version(graph.latestDerived(graph.node(head))).origins()) {
                VersionId parent = graph.contains(edge.parent()) ? heads.get(graph.modelOf(edge.parent())) : null;
                if (parent != null && !parent.equals(head)) {
                    from.add(parent);
                }
            }
            parents.put(head, from);
        });
    }

    /**
     * The drawing as the output shows it.
     *
     * @param columns no line is longer
     */
    List<String> lines(Map<VersionId, GraphMark> marks, Output output, int columns) {
        List<String> lines = new ArrayList<>();
        Set<VersionId> drawn = new LinkedHashSet<>();
        List<GraphMark> current = new ArrayList<>();
        var graph = new TextGraph(line -> lines.add(styled(line, current, output, columns)));
        for (VersionId id : childrenFirst()) {
            drawn.add(id);
            // A model that is made from itself by way of others has been drawn above.
            List<ProvenanceEdge> edges = from(id).stream()
                    .filter(parent -> !drawn.contains(parent))
                    .map(parent ->
                            new ProvenanceEdge(parent, name(parent), EdgeKind.OTHER, ProvenanceEdge.Source.DECLARED))
                    .toList();
            current.clear();
            GraphMark mark = marks.get(id);
            if (mark != null) {
                current.add(mark);
            }
            String text = name(id) + "  " + id.abbreviated() + (mark == null ? "" : "  " + mark.words());
            graph.add(
                    new Version(id, name(id), Optional.empty(), edges, "", new Person("", ""), Instant.EPOCH, Map.of()),
                    '*',
                    List.of(text));
        }
        return lines;
    }

    /** The lanes stay as they are; what is said of a model is in its mark's color. */
    private static String styled(String line, List<GraphMark> current, Output output, int columns) {
        String shown = TextWidth.cut(VisibleText.of(line), Math.max(1, columns - 1));
        int star = shown.indexOf('*');
        if (star < 0 || current.isEmpty()) {
            return output.visible(shown);
        }
        return output.visible(
                shown.substring(0, star) + output.styled(style(current.get(0).color()), shown.substring(star)));
    }

    private static Output.Style style(GraphMark.Color color) {
        return switch (color) {
            case BLUE -> Output.Style.BLUE;
            case ORANGE -> Output.Style.YELLOW;
            case PURPLE -> Output.Style.MAGENTA;
            case SKY -> Output.Style.CYAN;
            case GREEN -> Output.Style.GREEN;
            case RED -> Output.Style.RED;
            case GRAY -> Output.Style.FAINT;
        };
    }

    private String name(VersionId id) {
        return names.getOrDefault(id, "");
    }

    private Set<VersionId> from(VersionId id) {
        return parents.getOrDefault(id, Set.of());
    }

    private List<VersionId> childrenFirst() {
        List<VersionId> order = new ArrayList<>();
        Set<VersionId> left = new LinkedHashSet<>(parents.keySet());
        while (!left.isEmpty()) {
            Set<VersionId> needed = new LinkedHashSet<>();
            left.forEach(id -> needed.addAll(from(id)));
            VersionId next = left.stream()
                    .filter(id -> !needed.contains(id))
                    .findFirst()
                    .orElseGet(() -> left.iterator().next());
            left.remove(next);
            order.add(next);
        }
        return order;
    }
}
