package dev.mgit.hooks.watch;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.ResourceException;
import dev.mgit.lineage.checkpoint.Findings;
import dev.mgit.lineage.checkpoint.FolderLook;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a checkpoint folder still lacks: the part of the rule for finished checkpoints that looks at what is there. The
 * other part is that nothing in it was touched for a while.
 */
final class Unfinished {
    /** What libraries write before they rename it. */
    private static final Pattern TEMPORARY = Pattern.compile(
            "(.*/)?(tmp[-_.][^/]*|\\.tmp[^/]*|[^/]*\\.(tmp|temp|part|partial|incomplete|lock|new|writing)"
                    + "|[^/]*\\.tmp[-_.][^/]*)(/.*)?",
            Pattern.CASE_INSENSITIVE);

    /** A file that a library writes, and the one that it writes after all others. */
    private record Last(Pattern sign, Pattern last, String name) {}

    private static final List<Last> LAST = List.of(
            new Last(
                    Pattern.compile("training_args\\.bin"), Pattern.compile("trainer_state\\.json"), TrainerState.FILE),
            new Last(
                    Pattern.compile("(optimizer|scheduler)(_\\d+)?\\.bin"),
                    Pattern.compile("random_states_\\d+\\.pkl"),
                    "random_states_0.pkl"));

    private Unfinished() {}

    /** The first thing that is missing, in words; nothing if the checkpoint is whole. */
    static Optional<String> why(Path folder, FolderLook look) throws IOException {
        Optional<String> temporary = look.files().keySet().stream()
                .filter(path -> TEMPORARY.matcher(path).matches())
                .findFirst();
        if (temporary.isPresent()) {
            return Optional.of("'" + temporary.get() + "' is being written");
        }
        for (Last rule : LAST) {
            if (any(look, rule.sign()) && !any(look, rule.last())) {
                return Optional.of(rule.name() + " is not written yet");
            }
        }
        if (look.files().containsKey(TrainerState.FILE)
                && TrainerState.read(folder.resolve(TrainerState.FILE)).isEmpty()) {
            return Optional.of(TrainerState.FILE + " is not complete");
        }
        return inside(folder);
    }

    private static boolean any(FolderLook look, Pattern name) {
        return look.files().keySet().stream()
                .anyMatch(path -> name.matcher(path).matches());
    }

    /** What headers and indexes promise and is not there. */
    private static Optional<String> inside(Path folder) throws IOException {
        try {
            return Findings.in(folder, false).missing().stream().findFirst();
        } catch (MgitException e) {
            ResourceException.throwIfBehind(e);
            return Optional.of(e.getMessage());
        }
    }
}
