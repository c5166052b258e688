package dev.mgit.cli.console;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.lineage.version.Checkpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Says what a version was made without. */
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

    /** What whoever trains on from these files should know; empty if nothing of that is missing. */
    public static List<String> resuming(List<String> ignored) {
        int count = Checkpoint.trainingState(ignored).size();
        return count == 0
                ? List.of()
                : List.of("training state was not committed: " + count + (count == 1 ? " file" : " files")
                        + "; resuming training from this folder starts with a fresh optimizer");
    }

    /** The field {@code ignored}. */
    public static void json(JsonGenerator json, List<String> ignored) throws IOException {
        json.writeArrayFieldStart("ignored");
        for (String path : ignored) {
            json.writeString(path);
        }
        json.writeEndArray();
    }
}
