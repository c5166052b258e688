package dev.mgit.serve.web;

import dev.mgit.lineage.diff.LayerChange;
import dev.mgit.lineage.diff.NumberText;
import dev.mgit.lineage.tensors.LayerNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far each layer moved, as tables a stack of blocks: a row a block, a column a layer in it, a color for the relative
 * L2 of its change, on a logarithmic scale. Layers outside any block stand in a table of their own.
 */
final class HeatMap {
    private static final int STEPS = 8;
    private static final int MOST_ROWS = 256;
    private static final int MOST_COLUMNS = 40;
    /** Relative L2 of the first step; each further is half a power of ten more. */
    private static final double LEAST = 1e-4;

    /** A stack: its blocks in order, and the layer of each at each place. */
    private static final class Stack {
        final Map<String, Map<String, LayerChange>> blocks = new LinkedHashMap<>();
        final Set<String> places = new LinkedHashSet<>();
    }

    private final Map<String, Stack> stacks = new LinkedHashMap<>();
    private final List<LayerChange> alone = new ArrayList<>();

    HeatMap(List<LayerChange> layers) {
        for (LayerChange layer : layers) {
            String block = LayerNames.unit(layer.name() + ".");
            if (!LayerNames.isBlock(block)) {
                alone.add(layer);
                continue;
            }
            Stack stack = stacks.computeIfAbsent(LayerNames.family(block), name -> new Stack());
            String place =
                    layer.name().length() > block.length() ? layer.name().substring(block.length() + 1) : "(all)";
            stack.places.add(place);
            stack.blocks.computeIfAbsent(block, name -> new LinkedHashMap<>()).put(place, layer);
        }
    }

    void show(Html html) {
        if (stacks.isEmpty() && alone.isEmpty()) {
            return;
        }
        html.open("section").leaf("h2", "Layers");
        legend(html);
        stacks.forEach((name, stack) -> stack(html, name, stack));
        alone(html);
        html.close();
    }

    private static void legend(Html html) {
        html.open("p", "class", "heat-legend").text("relative L2 of the change: ");
        for (int step = 0; step <= STEPS; step++) {
            html.leaf("span", "", "class", "heat h" + step, "aria-hidden", "true");
        }
        html.text(" 0 to 1 and more, logarithmic").close();
    }

    private void stack(Html html, String name, Stack stack) {
        List<String> places = stack.places.stream().limit(MOST_COLUMNS).toList();
        html.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", "Layers of " + name);
        html.open("table", "class", "heatmap").leaf("caption", name);
        html.open("thead").open("tr").leaf("th", "block", "scope", "col");
        for (String place : places) {
            html.open("th", "scope", "col")
                    .leaf("span", place, "class", "turned")
                    .close();
        }
        html.close().close().open("tbody");
        stack.blocks.entrySet().stream().limit(MOST_ROWS).forEach(block -> {
            html.open("tr")
                    .leaf("th", block.getKey().substring(name.isEmpty() ? 0 : name.length() + 1), "scope", "row");
            for (String place : places) {
                cell(html, block.getValue().get(place));
            }
            html.close();
        });
        html.close().close().close();
        int more = Math.max(0, stack.blocks.size() - MOST_ROWS);
        int moreColumns = stack.places.size() - places.size();
        if (more + moreColumns > 0) {
            html.leaf("p", more + " blocks and " + moreColumns + " layers of each are not shown.", "class", "quiet");
        }
    }

    private static void cell(Html html, @Nullable LayerChange layer) {
        if (layer == null) {
            html.leaf("td", "", "class", "heat none");
            return;
        }
        html.open("td", "class", "heat " + look(layer), "title", layer.name() + ": " + words(layer));
        html.leaf("span", words(layer), "class", "unseen").close();
    }

    private void alone(Html html) {
        if (alone.isEmpty()) {
            return;
        }
        Tables.head(html, "Layers outside any block", List.of("layer", "", "change"));
        for (LayerChange layer : alone.subList(0, Math.min(alone.size(), MOST_ROWS))) {
            html.open("tr").leaf("td", layer.name(), "class", "code").open("td");
            html.leaf("span", "", "class", "heat " + look(layer), "aria-hidden", "true")
                    .close();
            html.leaf("td", words(layer)).close();
        }
        Tables.end(html);
    }

    private static String look(LayerChange layer) {
        return switch (layer.kind()) {
            case INSERTED -> "added";
            case DROPPED -> "removed";
            case UNREADABLE -> "none";
            case SAME -> "h0";
            default ->
                layer.statistics()
                        .map(numbers -> "h" + step(numbers.relativeL2()))
                        .orElse("differs");
        };
    }

    /** 0 for no change, else 1 to {@value #STEPS}. */
    static int step(double relative) {
        if (relative == 0) {
            return 0;
        }
        double steps = 2 * Math.log10(relative / LEAST);
        return Double.isNaN(steps) ? STEPS : (int) Math.max(1, Math.min(STEPS, Math.floor(steps) + 1));
    }

    private static String words(LayerChange layer) {
        String kind = layer.kind().name().toLowerCase(Locale.ROOT);
        return layer.statistics()
                .map(numbers -> kind + ", relative L2 " + NumberText.percent(numbers.relativeL2()) + ", cosine "
                        + String.format(Locale.ROOT, "%.4f", numbers.cosine()))
                .orElse(kind);
    }
}
