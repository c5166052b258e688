package dev.mgit.lineage.drawing;

import dev.mgit.lineage.drawing.GraphView.Edge;
import dev.mgit.lineage.drawing.GraphView.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Draws a graph in layers: each model is a row, in the order of its oldest version's ancestry, and each version stands
 * one column right of its latest parent.
 */
final class SvgGraph {
    private static final int COLUMN = 130;
    private static final int ROW = 56;
    private static final int MARGIN = 40;
    private static final int LABELS = 220;
    private static final int RADIUS = 7;
    private static final int LONGEST_LABEL = 30;

    private static final String STYLE = """
            <style>
            .lineage{font:13px system-ui,sans-serif;background:#fff}
            .lineage .v{stroke:#334;stroke-width:2;fill:none}
            .lineage .p{stroke:#3a6ea5;stroke-width:1.5;fill:none;stroke-dasharray:5 4}
            .lineage circle{fill:#fff;stroke:#334;stroke-width:2}
            .lineage .open{fill:#334}
            .lineage .kind{font-size:11px;fill:#3a6ea5}
            .lineage .row{fill:#667}
            .lineage .ring{fill:none;stroke-width:4}
            .lineage .mark{font-size:11px;font-weight:600}
            @media (prefers-color-scheme:dark){
            .lineage{background:#16181d;fill:#dde}
            .lineage .v,.lineage circle{stroke:#ccd}
            .lineage circle{fill:#16181d}
            .lineage .open{fill:#ccd}
            .lineage .p{stroke:#7fb2e5}
            .lineage .kind{fill:#7fb2e5}
            .lineage .row{fill:#aab}
            .lineage .ring{fill:none}
            }
            </style>
            """;

    private final GraphView view;
    private final int[] column;
    private final int[] row;
    private final List<String> rows;

    private SvgGraph(GraphView view) {
        this.view = view;
        column = columns(view);
        Map<String, Integer> numbers = rowNumbers(view);
        rows = List.copyOf(numbers.keySet());
        row = view.nodes().stream()
                .mapToInt(node -> numbers.getOrDefault(node.model(), 0))
                .toArray();
    }

    static String draw(GraphView view) {
        return new SvgGraph(view).draw();
    }

    private static int[] columns(GraphView view) {
        int[] column = new int[view.nodes().size()];
        for (Edge edge : view.edges()) {
            column[edge.child()] = Math.max(column[edge.child()], column[edge.parent()] + 1);
        }
        return column;
    }

    /** Models so that one derived from another comes after it: depth first over their first derivations. */
    private static Map<String, Integer> rowNumbers(GraphView view) {
        Map<String, String> from = new LinkedHashMap<>();
        view.nodes().forEach(node -> from.put(node.model(), ""));
        for (Edge edge : view.edges()) {
            String parent = view.nodes().get(edge.parent()).model();
            String child = view.nodes().get(edge.child()).model();
            if (!parent.equals(child)) {
                from.replace(child, "", parent);
            }
        }
        Map<String, List<String>> derived = new LinkedHashMap<>();
        from.forEach((child, parent) ->
                derived.computeIfAbsent(parent, key -> new ArrayList<>()).add(child));
        Map<String, Integer> numbers = new LinkedHashMap<>();
        List<String> open = new ArrayList<>(derived.getOrDefault("", List.of()));
        Collections.reverse(open);
        open.addAll(0, from.keySet());
        while (!open.isEmpty()) {
            String model = open.remove(open.size() - 1);
            if (numbers.putIfAbsent(model, numbers.size()) == null) {
                List<String> children = new ArrayList<>(derived.getOrDefault(model, List.of()));
                Collections.reverse(children);
                open.addAll(children);
            }
        }
        return numbers;
    }

    private int x(int node) {
        return LABELS + MARGIN + column[node] * COLUMN;
    }

    private int y(int node) {
        return MARGIN + row[node] * ROW;
    }

    private String draw() {
        int widest = 0;
        for (int at : column) {
            widest = Math.max(widest, at);
        }
        int width = LABELS + 2 * MARGIN + widest * COLUMN + LABELS / 2;
        int height = 2 * MARGIN + Math.max(0, rows.size() - 1) * ROW;
        StringBuilder out = new StringBuilder();
        out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"lineage\" width=\"%d\" height=\"%d\">\n"
                .formatted(width, height));
        out.append(STYLE);
        for (int i = 0; i < rows.size(); i++) {
            out.append("<text class=\"row\" x=\"%d\" y=\"%d\">%s</text>\n"
                    .formatted(MARGIN / 2, MARGIN + i * ROW + 4, shortened(rows.get(i))));
        }
        view.edges().forEach(edge -> out.append(edge(edge)));
        view.nodes().forEach(node -> out.append(node(node)));
        return out.append("</svg>\n").toString();
    }

    private String edge(Edge edge) {
        int x1 = x(edge.parent()) + RADIUS;
        int y1 = y(edge.parent());
        int x2 = x(edge.child()) - RADIUS;
        int y2 = y(edge.child());
        int middle = (x1 + x2) / 2;
        // Along one row, a longer provenance edge bows so that it does not hide the versions between.
        int bow = y1 == y2 && x2 - x1 > COLUMN ? ROW / 2 : 0;
        String path = "<path class=\"%s\" d=\"M%d %d C%d %d %d %d %d %d\"/>\n"
                .formatted(edge.kind().isPresent() ? "p" : "v", x1, y1, middle, y1 - bow, middle, y2 - bow, x2, y2);
        return edge.kind().isEmpty()
                ? path
                : path
                        + "<text class=\"kind\" text-anchor=\"middle\" x=\"%d\" y=\"%d\">%s</text>\n"
                                .formatted(middle, (y1 + y2) / 2 - 6 - bow, MarkupEscape.xml(edge.word()));
    }

    private String node(Node node) {
        int x = x(node.number());
        int y = y(node.number());
        String title = node.label() + " " + node.version().id().abbreviated() + " "
                + node.version().author().name() + ": " + node.version().subject();
        return view.mark(node).map(mark -> ring(mark, x, y)).orElse("")
                + "<circle%s cx=\"%d\" cy=\"%d\" r=\"%d\"><title>%s</title></circle>\n"
                        .formatted(node.open() ? " class=\"open\"" : "", x, y, RADIUS, MarkupEscape.xml(title))
                + "<text text-anchor=\"middle\" x=\"%d\" y=\"%d\">%s</text>\n"
                        .formatted(
                                x,
                                y + 2 * RADIUS + 8,
                                MarkupEscape.xml(node.version().id().abbreviated()));
    }

    /** A ring around the version, in the mark's color, and its words above; an inline color needs no style of a page. */
    private static String ring(GraphMark mark, int x, int y) {
        return "<circle class=\"ring\" style=\"stroke:%s\" cx=\"%d\" cy=\"%d\" r=\"%d\"/>\n"
                        .formatted(mark.color().hex(), x, y, RADIUS + 4)
                + "<text class=\"mark\" text-anchor=\"middle\" x=\"%d\" y=\"%d\">%s</text>\n"
                        .formatted(x, y - 2 * RADIUS - 2, shortened(mark.words()));
    }

    private static String shortened(String name) {
        String safe = MarkupEscape.controls(name);
        boolean fits = safe.codePointCount(0, safe.length()) <= LONGEST_LABEL;
        return MarkupEscape.xml(fits ? safe : safe.substring(0, safe.offsetByCodePoints(0, LONGEST_LABEL - 1)) + "…");
    }
}
