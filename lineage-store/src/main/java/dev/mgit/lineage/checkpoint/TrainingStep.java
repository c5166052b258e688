package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a training was when it wrote a checkpoint: {@code global_step} of {@code trainer_state.json}, else the number
 * in the name of its folder. A version keeps it as the trailer {@value #TRAILER}.
 */
public final class TrainingStep {
    /** A trailer of versions. */
    public static final String TRAILER = "Training-Step";

    /** Of a file or folder that a trainer writes at a step. */
    public static final Pattern NAME =
            Pattern.compile("(?:checkpoint|ckpt|step|steps|epoch|iter|global_step)[-_]?(\\d{1,18})");

    private static final long LONGEST_STATE = 64L << 20;
    /** Versions without a step, as the model saved at the end, that are passed over for one that has it. */
    private static final int LOOK_BACK = 16;

    private TrainingStep() {}

    /** The number in the name of a folder that a trainer writes at a step, as {@code checkpoint-50}. */
    public static OptionalLong ofName(String folder) {
        Matcher name = NAME.matcher(folder);
        return name.matches() ? OptionalLong.of(Long.parseLong(name.group(1))) : OptionalLong.empty();
    }

    /** The step of a file or folder, or of the folders between it and the one that names its model; else empty. */
    public static OptionalLong of(Path path) throws IOException {
        Path named = SuggestedName.of(path).place();
        Path at = path.toAbsolutePath().normalize();
        OptionalLong step = at(at);
        while (step.isEmpty() && !at.equals(named) && at.getParent() != null) {
            at = at.getParent();
            step = at.equals(named) ? step : at(at);
        }
        return step;
    }

    private static OptionalLong at(Path path) throws IOException {
        OptionalLong written = written(path.resolve("trainer_state.json"));
        return written.isPresent() ? written : ofName(SuggestedName.stem(path));
    }

    private static OptionalLong written(Path state) throws IOException {
        if (!Files.isRegularFile(state) || Files.size(state) > LONGEST_STATE) {
            return OptionalLong.empty();
        }
        try {
            long step = Json.parseObject(Files.readAllBytes(state)).number("global_step");
            return step < 0 ? OptionalLong.empty() : OptionalLong.of(step);
        } catch (JsonException e) {
            return OptionalLong.empty(); // of another library, or damaged: it is stored as it is
        }
    }

    /** The step of a model's newest version that has one. */
    static OptionalLong latest(Lineage lineage, VersionId head) {
        Version version = lineage.version(head);
        for (int i = 0; i < LOOK_BACK; i++) {
            OptionalLong step = of(version.trailers());
            if (step.isPresent() || version.previous().isEmpty()) {
                return step;
            }
            version = lineage.version(version.previous().get());
        }
        return OptionalLong.empty();
    }

    /** The step that a version keeps. */
    public static OptionalLong of(Map<String, String> trailers) {
        String step = trailers.getOrDefault(TRAILER, "");
        return step.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(step)) : OptionalLong.empty();
    }
}
