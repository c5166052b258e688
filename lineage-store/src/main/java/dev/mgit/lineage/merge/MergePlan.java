package dev.mgit.lineage.merge;

import java.util.List;

/**
 * What a merge would do, found before any work is done.
 *
 * @param outcome what the two sides did to each other's layers, whatever the rules resolve
 * @param layout the side whose files the merged tensors fit into: same order, names, shapes and dtypes
 * @param tensors every tensor of the result, in file order; only meaningful if {@link #canGoOn()}
 * @param files the other files of the result and the side each is from
 * @param runFiles files that describe a run and were changed on both sides; they follow ours
 * @param conflicts layers and files both sides changed and no rule resolves
 * @param dependencies places where one side changed what depends on what the other changed
 * @param problems reasons why the sides do not fit together
 */
public record MergePlan(
        Outcome outcome,
        MergeStage layout,
        List<TensorOutput> tensors,
        List<FilePlan> files,
        List<String> runFiles,
        List<Conflict> conflicts,
        List<Dependency> dependencies,
        List<Problem> problems) {
    /** The three outcomes of a merge of models, as the MGit paper (arXiv 2307.07507) tells them apart. */
    public enum Outcome {
        /** No layer was changed on both sides, and none that depends on the other side's. */
        NO_CONFLICT,
        /** Both sides changed layers that depend on each other: tests decide. */
        POSSIBLE_CONFLICT,
        /** Both sides changed the same layer. */
        CONFLICT
    }

    /**
     * A layer, or a file, both sides changed.
     *
     * @param name the layer or path
     * @param tensors its tensors that differ; empty for a file
     */
    public record Conflict(String name, List<String> tensors) {}

    /** Blocks that depend on each other, one changed by each side only. */
    public record Dependency(String ours, String theirs) {}

    /** A file that holds no tensors, and the side it is taken from. */
    public record FilePlan(String path, MergeStage from) {}

    /** Why the sides do not fit together: a sentence. */
    public record Problem(Reason reason, String text) {}

    /** Kinds of problems. */
    public enum Reason {
        TOKENIZER,
        SHAPE,
        /** Numbers of these dtypes cannot be mixed. */
        DTYPE,
        /** A tensor one side has and the other has not. */
        STRUCTURE,
        /** A strategy needs the common ancestor's tensor and there is none. */
        NO_BASE
    }

    public MergePlan {
        tensors = List.copyOf(tensors);
        files = List.copyOf(files);
        runFiles = List.copyOf(runFiles);
        conflicts = List.copyOf(conflicts);
        dependencies = List.copyOf(dependencies);
        problems = List.copyOf(problems);
    }

    /** True if nothing stands in the way; a possible conflict does not. */
    public boolean canGoOn() {
        return conflicts.isEmpty() && problems.isEmpty();
    }
}
