package dev.mgit.lineage.drawing;

import dev.mgit.lineage.drawing.GraphView.Node;
import dev.mgit.lineage.version.Version;
import java.util.List;

/** One page with the drawing and a table of its versions; no script, and nothing loaded from elsewhere. */
final class HtmlGraph {
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>Lineage</title>
            <style>
            body{font:14px system-ui,sans-serif;margin:24px;color:#223}
            .drawing{overflow:auto;border:1px solid #ccd;border-radius:6px}
            table{border-collapse:collapse;margin-top:24px}
            th,td{text-align:left;padding:4px 12px;border-bottom:1px solid #dde;vertical-align:top}
            code{font-size:13px}
            @media (prefers-color-scheme:dark){body{background:#16181d;color:#dde}}
            </style>
            </head>
            <body>
            <h1>Lineage</h1>
            """;

    private HtmlGraph() {}

    static String page(GraphView view) {
        StringBuilder out = new StringBuilder(HEAD);
        out.append("<p>%d versions, %d edges; filled circles are the heads of models, dashed lines show what was"
                .formatted(view.nodes().size(), view.edges().size()));
        out.append(" derived from what.</p>\n<div class=\"drawing\">\n");
        out.append(SvgGraph.draw(view)).append("</div>\n<table>\n");
        out.append("<tr><th>version</th><th>name</th><th>derived from</th><th>author</th><th>when</th>");
        out.append("<th>message</th></tr>\n");
        List<Node> nodes = view.nodes();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            out.append(row(nodes.get(i)));
        }
        return out.append("</table>\n</body>\n</html>\n").toString();
    }

    private static String row(Node node) {
        Version version = node.version();
        List<String> origins = version.origins().stream()
                .map(edge -> edge.model() + "@" + edge.parent().abbreviated() + " ("
                        + edge.kind().word() + ")")
                .toList();
        return "<tr><td><code>%s</code></td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n"
                .formatted(
                        version.id().abbreviated(),
                        MarkupEscape.xml(node.label()),
                        MarkupEscape.xml(String.join(", ", origins)),
                        MarkupEscape.xml(version.author().name()),
                        version.when(),
                        MarkupEscape.xml(version.subject()));
    }
}
