package dev.mgit.cli.console;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.DroppedState;
import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says what a version was made without, and what was dropped from it later. */
public final class LeftOutText {
    private LeftOutText() {}

    /** The lines for people: training state, then what ignore rules left out. */
    public static List<String> lines(List<String> ignored) {
        List<String> state = Checkpoint.trainingState(ignored);
        List<String> ruled = new ArrayList<>(ignored);
        ruled.removeAll(state);
        List<String> lines = new ArrayList<>();
        if (!state.isEmpty()) {
            lines.add("training state not committed: " + String.join(", ", state));
        }
        if (!ruled.isEmpty()) {
            lines.add("ignored by ignore rules: " + String.join(", ", ruled));
        }
        return lines;
    }

    /** The same, and then the training state that was dropped. */
    public static List<String> lines(Checkpoint checkpoint) {
        List<String> lines = new ArrayList<>(lines(checkpoint.ignored()));
        dropped(checkpoint)
                .forEach((why, paths) -> lines.add("training state " + why + ": " + String.join(", ", paths)));
        return lines;
    }

    /** Paths by when, by whom and by which rule they were dropped. */
    private static Map<String, List<String>> dropped(Checkpoint checkpoint) {
        Map<String, List<String>> dropped = new LinkedHashMap<>();
        for (DroppedState.File gone : checkpoint.dropped()) {
            String why = "dropped on " + LocalDate.ofInstant(gone.when(), ZoneOffset.UTC) + " by "
                    + gone.by().name() + " (mgit gc --drop-training-state " + gone.rule() + ")";
            dropped.computeIfAbsent(why, unused -> new ArrayList<>())
                    .add(gone.file().path());
        }
        return dropped;
    }

    /** What whoever trains on from these files should know; empty if nothing of that is missing. */
    public static List<String> resuming(Checkpoint checkpoint) {
        List<String> missing = new ArrayList<>();
        int count = Checkpoint.trainingState(checkpoint.ignored()).size();
        if (count > 0) {
            missing.add("was not committed: " + files(count));
        }
        dropped(checkpoint).forEach((why, paths) -> missing.add("was " + why + ": " + files(paths.size())));
        return missing.stream()
                .map(why ->
                        "training state " + why + "; resuming training from this folder starts with a fresh optimizer")
                .toList();
    }

    private static String files(int count) {
        return count + (count == 1 ? " file" : " files");
    }

    /** The field {@code ignored}. */
    public static void json(JsonGenerator json, List<String> ignored) throws IOException {
        json.writeArrayFieldStart("ignored");
        for (String path : ignored) {
            json.writeString(path);
        }
        json.writeEndArray();
    }

    /** The field {@code ignored}, and {@code dropped} where anything was. */
    public static void json(JsonGenerator json, Checkpoint checkpoint) throws IOException {
        json(json, checkpoint.ignored());
        if (checkpoint.dropped().isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("dropped");
        for (DroppedState.File gone : checkpoint.dropped()) {
            json.writeStartObject();
            json.writeStringField("path", gone.file().path());
            json.writeNumberField("size", gone.file().size());
            json.writeStringField("rule", gone.rule());
            json.writeStringField("by", gone.by().toString());
            json.writeStringField("when", gone.when().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
