package dev.mgit.lineage.merge;

import dev.mgit.delta.format.TrainingState;
import dev.mgit.lineage.merge.MergePlan.Conflict;
import dev.mgit.lineage.merge.MergePlan.FilePlan;
import dev.mgit.lineage.merge.MergePlan.Problem;
import dev.mgit.lineage.merge.MergePlan.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Merges files that hold no tensors: whole, each from the side that changed it. Files that describe a run follow ours
 * where both sides changed them.
 */
final class FileMerge {
    /** Files that say which token has which row of the embedding. */
    private static final Set<String> VOCABULARIES = Set.of(
            "tokenizer.json",
            "tokenizer.model",
            "vocab.txt",
            "vocab.json",
            "merges.txt",
            "added_tokens.json",
            "spiece.model",
            "sentencepiece.bpe.model");

    /** What trainers write about a run beside its state: metrics, logs, where the state is. */
    private static final Pattern RUN_RECORD = Pattern.compile(
            "(.*/)?([a-z]+_results\\.json|events\\.out\\.tfevents\\..*|latest|latest_checkpointed_iteration\\.txt)");

    private final MergeSide base;
    private final MergeSide ours;
    private final MergeSide theirs;
    private final List<MergeRule> rules;

    FileMerge(MergeSide base, MergeSide ours, MergeSide theirs, List<MergeRule> rules) {
        this.base = base;
        this.ours = ours;
        this.theirs = theirs;
        this.rules = rules;
    }

    private Set<String> paths() {
        Set<String> paths = new TreeSet<>(ours.files().keySet());
        paths.addAll(theirs.files().keySet());
        return paths;
    }

    private @Nullable String digest(MergeSide side, String path) {
        return side.files().get(path);
    }

    private boolean same(MergeSide a, MergeSide b, String path) {
        return Objects.equals(digest(a, path), digest(b, path));
    }

    private boolean bothChanged(String path) {
        return !same(ours, theirs, path) && !same(ours, base, path) && !same(theirs, base, path);
    }

    /** Files that describe a run, changed on both sides: of two runs there is nothing to merge. */
    List<String> runFiles() {
        return paths().stream()
                .filter(path -> bothChanged(path) && describesRun(path))
                .filter(path -> ruled(path).isEmpty() && digest(ours, path) != null)
                .toList();
    }

    private static boolean describesRun(String path) {
        return TrainingState.isFile(path) || RUN_RECORD.matcher(path).matches();
    }

    /** Files both sides changed, each in its own way, resolved or not. */
    List<Conflict> allConflicts() {
        return paths().stream()
                .filter(path -> bothChanged(path) && !describesRun(path))
                .map(path -> new Conflict(path, List.of()))
                .toList();
    }

    List<Conflict> conflicts() {
        return allConflicts().stream()
                .filter(conflict -> ruled(conflict.name()).isEmpty())
                .toList();
    }

    private Optional<MergeStage> ruled(String path) {
        return rules.stream()
                .filter(rule -> rule.strategy().method().picks() && rule.names().testPath(path))
                .map(rule -> rule.strategy().method() == MergeMethod.OURS ? MergeStage.OURS : MergeStage.THEIRS)
                .findFirst();
    }

    List<FilePlan> plan(MergeStage layout) {
        List<FilePlan> plan = new ArrayList<>();
        for (String path : paths()) {
            MergeStage from = same(ours, base, path) && !same(theirs, base, path) ? MergeStage.THEIRS : MergeStage.OURS;
            if (bothChanged(path)) {
                from = ruled(path).orElse(describesRun(path) ? MergeStage.OURS : layout);
            }
            if (digest(from == MergeStage.OURS ? ours : theirs, path) != null) {
                plan.add(new FilePlan(path, from));
            }
        }
        return plan;
    }

    /**
     * Rows of an embedding mean tokens, so weights trained with one vocabulary must not be mixed with those of another.
     * A rule that picks a side for the file says that the vocabularies are known to fit.
     */
    List<Problem> tokenizerProblems(boolean bothChangedTensors) {
        List<Problem> problems = new ArrayList<>();
        for (String path : paths()) {
            String name = path.substring(path.lastIndexOf('/') + 1);
            boolean differ = VOCABULARIES.contains(name) && !same(ours, theirs, path);
            if (bothChangedTensors && differ && ruled(path).isEmpty()) {
                problems.add(new Problem(
                        Reason.TOKENIZER, "'" + path + "' differs, so embedding rows may belong to different tokens"));
            }
        }
        return problems;
    }
}
