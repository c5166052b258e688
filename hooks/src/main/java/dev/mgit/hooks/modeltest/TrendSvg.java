package dev.mgit.hooks.modeltest;

import dev.mgit.lineage.drawing.MarkupEscape;
import java.util.Locale;

/** Draws a trend as a line as high as text, with what it shows in words beside it. */
public final class TrendSvg {
    private static final int WIDTH = 180;
    private static final int HEIGHT = 36;
    private static final int MARGIN = 5;

    private final MetricTrend trend;
    private final double lowest;
    private final double span;

    private TrendSvg(MetricTrend trend) {
        this.trend = trend;
        double low = trend.points().stream()
                .mapToDouble(MetricTrend.Point::value)
                .min()
                .orElseThrow();
        double high = trend.points().stream()
                .mapToDouble(MetricTrend.Point::value)
                .max()
                .orElseThrow();
        this.lowest = Math.min(low, trend.baseline().orElse(low));
        this.span = Math.max(high, trend.baseline().orElse(high)) - lowest;
    }

    /** A drawing; versions whose test failed are crossed, a baseline is dashed. */
    public static String draw(MetricTrend trend) {
        return new TrendSvg(trend).svg();
    }

    /** {@code 0.91 → 0.94, best 0.95 at 1a2b3c4d5e}. */
    public static String words(MetricTrend trend) {
        MetricTrend.Point first = trend.points().get(0);
        MetricTrend.Point last = trend.points().get(trend.points().size() - 1);
        MetricTrend.Point best = trend.best();
        return MetricText.text(first.value()) + " → " + MetricText.text(last.value()) + ", best "
                + MetricText.text(best.value()) + " at " + best.version().abbreviated()
                + trend.baseline()
                        .map(value -> ", baseline " + MetricText.text(value))
                        .orElse("");
    }

    private String svg() {
        var svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg class=\"trend\" role=\"img\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\"><title>%s</title>",
                WIDTH,
                HEIGHT,
                WIDTH,
                HEIGHT,
                MarkupEscape.xml(trend.column().title() + " of " + trend.model() + ": " + words(trend))));
        trend.baseline()
                .ifPresent(value -> svg.append(String.format(
                        Locale.ROOT,
                        "<line class=\"baseline\" x1=\"0\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
                        WIDTH,
                        y(value),
                        y(value))));
        var line = new StringBuilder();
        for (int i = 0; i < trend.points().size(); i++) {
            line.append(String.format(
                    Locale.ROOT, "%.1f,%.1f ", x(i), y(trend.points().get(i).value())));
        }
        svg.append("<polyline points=\"").append(line.toString().strip()).append("\"/>");
        for (int i = 0; i < trend.points().size(); i++) {
            svg.append(mark(trend.points().get(i), x(i)));
        }
        return svg.append("</svg>").toString();
    }

    private String mark(MetricTrend.Point point, double x) {
        double y = y(point.value());
        if (point.failed()) {
            return String.format(
                    Locale.ROOT,
                    "<path class=\"failed\" d=\"M%.1f %.1fl6 6m0 -6l-6 6\"><title>%s failed</title></path>",
                    x - 3,
                    y - 3,
                    point.version().abbreviated());
        }
        return String.format(
                Locale.ROOT,
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\"><title>%s: %s</title></circle>",
                x,
                y,
                point.version().abbreviated(),
                MetricText.text(point.value()));
    }

    private double x(int index) {
        return MARGIN + (double) (WIDTH - 2 * MARGIN) * index / (trend.points().size() - 1);
    }

    private double y(double value) {
        double share = span == 0 ? 0.5 : (value - lowest) / span;
        return HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN);
    }
}
