package dev.mgit.hooks.cascade;

import dev.mgit.hooks.recipe.StaleReason;
import dev.mgit.lineage.drawing.GraphMark;
import dev.mgit.lineage.drawing.GraphMark.Color;
import dev.mgit.lineage.version.VersionId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a drawing of the lineage says of an update: why models are stale, and how those in progress stand. */
public final class UpdatePicture {
    private UpdatePicture() {}

    /**
     * Marks by version.
     *
     * @param open an update in progress or just over, whose states go before what the plan says; empty if there is none
     */
    public static Map<VersionId, GraphMark> marks(UpdatePlan plan, Optional<UpdateReport> open) {
        Map<VersionId, GraphMark> marks = new LinkedHashMap<>();
        for (UpdatePlan.Node node : plan.nodes()) {
            boolean stuck = node.action().stops();
            if (!node.reasons().isEmpty() || node.action() == UpdatePlan.Action.BLOCKED) {
                marks.put(node.head(), stuck ? stuck(node) : stale(node.reasons()));
            }
        }
        open.ifPresent(report -> report.lines().forEach(line -> {
            line.before().values().forEach(head -> marks.put(head, live(line)));
            line.after().values().forEach(head -> marks.put(head, live(line)));
        }));
        return marks;
    }

    private static GraphMark stuck(UpdatePlan.Node node) {
        String why = node.reasons().isEmpty() ? "" : ": " + kinds(node.reasons());
        return new GraphMark(node.action().word() + why, Color.GRAY);
    }

    /** The color is that of the first reason; the words name all. */
    private static GraphMark stale(List<StaleReason> reasons) {
        StaleReason.Kind first =
                reasons.stream().map(StaleReason::kind).sorted().findFirst().orElseThrow();
        Color color = switch (first) {
            case PARENT -> Color.BLUE;
            case DATA -> Color.ORANGE;
            case CODE -> Color.PURPLE;
            case RECIPE -> Color.SKY;
            case PACKAGES -> Color.GREEN;
            case FORCED -> Color.RED;
        };
        return new GraphMark("stale: " + kinds(reasons), color);
    }

    private static String kinds(List<StaleReason> reasons) {
        return reasons.stream()
                .map(StaleReason::kind)
                .distinct()
                .sorted()
                .map(StaleReason.Kind::word)
                .collect(Collectors.joining(", "));
    }

    private static GraphMark live(UpdateReport.Line line) {
        String state = line.reused() ? "reused" : line.state();
        return switch (line.state()) {
            case "planned" -> new GraphMark("waiting", Color.SKY);
            case "running" -> new GraphMark("running", Color.ORANGE);
            case "ran", "passed" -> new GraphMark(state, Color.GREEN);
            case "failed" -> new GraphMark("failed", Color.RED);
            case "skipped" -> new GraphMark("withheld", Color.GRAY);
            default -> new GraphMark(line.state(), Color.GRAY);
        };
    }
}
