package dev.mgit.hooks.cost;

import dev.mgit.hooks.cost.Pareto.Point;
import dev.mgit.lineage.drawing.MarkupEscape;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Draws versions by cost and value: those on the front filled and joined, the others hollow. */
public final class ParetoSvg {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 400;
    private static final int MARGIN = 60;

    private final double lowCost;
    private final double costs;
    private final double lowValue;
    private final double values;

    private ParetoSvg(List<Point> points) {
        this.lowCost = points.stream().mapToDouble(Point::cost).min().orElseThrow();
        this.costs = points.stream().mapToDouble(Point::cost).max().orElseThrow() - lowCost;
        this.lowValue = points.stream().mapToDouble(Point::value).min().orElseThrow();
        this.values = points.stream().mapToDouble(Point::value).max().orElseThrow() - lowValue;
    }

    /** @param points at least one */
    public static String draw(List<Point> points, List<Point> front, String cost, String metric) {
        var scale = new ParetoSvg(points);
        var svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" font-family=\"sans-serif\""
                        + " font-size=\"12\">\n<title>%s</title>\n",
                WIDTH,
                HEIGHT,
                MarkupEscape.xml(metric + " against " + cost)));
        svg.append(String.format(
                Locale.ROOT,
                "<path d=\"M%1$d %1$dV%2$dH%3$d\" fill=\"none\" stroke=\"#888\"/>\n",
                MARGIN,
                HEIGHT - MARGIN,
                WIDTH - MARGIN / 2));
        text(svg, WIDTH / 2.0, HEIGHT - 15, "middle", cost);
        text(svg, 10, MARGIN - 20, "start", metric);
        scale.ends(svg);
        svg.append(front.stream()
                .map(point -> String.format(Locale.ROOT, "%.1f,%.1f", scale.x(point), scale.y(point)))
                .collect(Collectors.joining(" ", "<polyline fill=\"none\" stroke=\"#1668c7\" points=\"", "\"/>\n")));
        for (Point point : points) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"%s\" stroke=\"#1668c7\"/>\n",
                    scale.x(point),
                    scale.y(point),
                    front.contains(point) ? "#1668c7" : "white"));
            text(svg, scale.x(point) + 8, scale.y(point) - 6, "start", point.name());
        }
        return svg.append("</svg>\n").toString();
    }

    private void ends(StringBuilder svg) {
        text(svg, MARGIN, HEIGHT - MARGIN + 16, "start", number(lowCost));
        text(svg, WIDTH - MARGIN / 2.0, HEIGHT - MARGIN + 16, "end", number(lowCost + costs));
        text(svg, MARGIN - 6, HEIGHT - MARGIN, "end", number(lowValue));
        text(svg, MARGIN - 6, MARGIN + 4, "end", number(lowValue + values));
    }

    private double x(Point point) {
        double share = costs == 0 ? 0.5 : (point.cost() - lowCost) / costs;
        return MARGIN + 15 + share * (WIDTH - 3.5 * MARGIN);
    }

    private double y(Point point) {
        double share = values == 0 ? 0.5 : (point.value() - lowValue) / values;
        return HEIGHT - MARGIN - 15 - share * (HEIGHT - 2.5 * MARGIN);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
                x,
                y,
                anchor,
                MarkupEscape.xml(text)));
    }
}
