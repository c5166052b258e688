package dev.mgit.lineage.merge;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.parameters.ObjectReader;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.NeededObjects;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** One merge, opened: planned from manifests alone, then written to a folder. */
public final class Merge implements AutoCloseable {
    /** Where a side's files are. */
    public sealed interface Source {}

    /** A committed version. */
    public record Stored(VersionId version) implements Source {}

    /** A file or folder on disk. */
    public record OnDisk(Path path) implements Source {}

    private final Map<MergeStage, MergeInput> inputs = new EnumMap<>(MergeStage.class);
    private final ObjectReader.Store store;
    private final CopyProgress progress;
    private final int threads;

    private Merge(ObjectReader.Store store, CopyProgress progress, int threads) {
        this.store = store;
        this.progress = progress;
        this.threads = threads;
    }

    /**
     * Opens the sides; folders are read and hashed.
     *
     * @param repository needed for {@link Stored} only
     * @param base the version both sides come from; empty if none is known
     * @param threads tensors computed at once
     * @throws MgitException if a file on disk is not what its name promises
     */
    public static Merge open(
            Optional<Repository> repository,
            Optional<Source> base,
            Source ours,
            Source theirs,
            CopyProgress progress,
            int threads)
            throws IOException {
        List<VersionId> stored = Stream.of(base.stream(), Stream.of(ours, theirs))
                .flatMap(sources -> sources)
                .filter(Stored.class::isInstance)
                .map(source -> ((Stored) source).version())
                .toList();
        var store = new ObjectReader.Store(() -> repository
                .orElseThrow()
                .parameters(() -> NeededObjects.of(repository.get().lineage(), stored)));
        var merge = new Merge(store, progress, threads);
        boolean complete = false;
        try {
            merge.inputs.put(MergeStage.OURS, merge.input(repository, ours));
            merge.inputs.put(MergeStage.THEIRS, merge.input(repository, theirs));
            merge.inputs.put(MergeStage.BASE, base.isEmpty() ? MergeInput.none() : merge.input(repository, base.get()));
            complete = true;
            return merge;
        } finally {
            if (!complete) {
                merge.close();
            }
        }
    }

    private MergeInput input(Optional<Repository> repository, Source source) throws IOException {
        if (source instanceof Stored stored) {
            return MergeInput.stored(repository.orElseThrow().lineage(), store, stored.version());
        }
        return MergeInput.folder(((OnDisk) source).path(), threads);
    }

    private MergeInput input(MergeStage side) {
        return Objects.requireNonNull(inputs.get(side));
    }

    /**
     * Finds out what the merge would do.
     *
     * @throws MgitException if that could not be written
     */
    public MergePlan plan(List<MergeRule> rules) {
        MergePlan plan = new MergePlanner(
                        input(MergeStage.BASE).side(),
                        input(MergeStage.OURS).side(),
                        input(MergeStage.THEIRS).side(),
                        rules)
                .plan();
        if (plan.canGoOn()) {
            MergeWriter.requireWritable(plan, input(plan.layout()));
        }
        return plan;
    }

    /**
     * Writes the result.
     *
     * @param plan one that {@linkplain MergePlan#canGoOn() can go on}
     * @param folder an empty folder
     * @throws MgitException of kind INTEGRITY if the store is damaged
     */
    public void write(MergePlan plan, Path folder) throws IOException {
        if (!plan.canGoOn()) {
            throw new IllegalArgumentException("a merge with conflicts has no result");
        }
        new MergeWriter(plan, inputs, folder, progress).write(threads);
    }

    @Override
    public void close() throws IOException {
        for (MergeInput input : inputs.values()) {
            input.close();
        }
        store.close();
    }
}
