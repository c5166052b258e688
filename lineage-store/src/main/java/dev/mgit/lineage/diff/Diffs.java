package dev.mgit.lineage.diff;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.diff.match.TensorMatching;
import dev.mgit.lineage.diff.match.TensorSamples;
import dev.mgit.lineage.diff.measure.TensorComparison;
import dev.mgit.lineage.diff.measure.TensorStatistics;
import dev.mgit.lineage.diff.report.DiffSummary;
import dev.mgit.lineage.diff.report.RollUp;
import dev.mgit.lineage.parameters.ObjectReader;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.LayerNames;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Compares two checkpoints, each a version or a path. Memory is bounded: weights are streamed. */
public final class Diffs {
    /** Below this cosine two tensors of one name say nothing of each other. */
    private static final double UNRELATED = 0.2;

    private final Optional<Repository> repository;
    private final CopyProgress progress;
    private final int threads;

    /**
     * @param repository needed for {@link DiffSide.Revision} only
     * @param threads runs of weights read and compared at once
     */
    public Diffs(Optional<Repository> repository, CopyProgress progress, int threads) {
        this.repository = repository;
        this.progress = progress;
        this.threads = threads;
    }

    /**
     * Compares.
     *
     * @throws dev.mgit.delta.format.FormatException if a file on disk is not what its name promises
     * @throws MgitException of kind USAGE if a glob matches nothing, INTEGRITY if the store is damaged
     */
    public Diff diff(DiffRequest request) throws IOException {
        Predicate<String> wanted = request.files().orElse(Glob.ALL)::testPath;
        try (var store = new ObjectReader.Store(() -> repository().parameters());
                Snapshot a = snapshot(request.a(), store, wanted);
                Snapshot b = snapshot(request.b(), store, wanted)) {
            if (request.files().isPresent() && a.files.isEmpty() && b.files.isEmpty()) {
                throw MgitException.usage(
                        "no file of either side matches '" + request.files().get() + "'");
            }
            return diff(request, a, b);
        }
    }

    private Repository repository() {
        return repository.orElseThrow(() -> MgitException.usage("revisions can only be compared inside a repository"));
    }

    private Snapshot snapshot(DiffSide side, ObjectReader.Store store, Predicate<String> wanted) throws IOException {
        if (side instanceof DiffSide.Revision revision) {
            return Snapshot.of(repository(), store, revision.version(), wanted);
        }
        return Snapshot.of(((DiffSide.OnDisk) side).path(), threads, progress, wanted);
    }

    private Diff diff(DiffRequest request, Snapshot a, Snapshot b) throws IOException {
        List<CheckpointTensor> left = a.weights();
        List<CheckpointTensor> right = b.weights();
        TensorMatching matching = TensorMatching.of(left, right);
        List<TensorMatching.TensorMatch> matches = chosen(request, matching.tensors());
        boolean measured = request.depth() == DiffRequest.Depth.NUMBERS;
        Map<TensorMatching.TensorMatch, Measured> numbers = measured ? measured(matches) : Map.of();
        var ties = new Ties(left, right);
        List<TensorChange> tensors = new ArrayList<>(matches.size());
        for (TensorMatching.TensorMatch match : matches) {
            tensors.add(change(match, Optional.ofNullable(numbers.get(match)), ties));
        }
        tensors.sort((x, y) -> LayerNames.NATURAL.compare(x.name(), y.name()));
        List<FileChange> files = request.tensors().isPresent() ? List.of() : FileChanges.of(a.files, b.files);
        var rollUp = new RollUp(tensors, matching.units());
        List<LayerChange> blocks = rollUp.blocks();
        String reading = new DiffSummary(tensors, blocks, files, measured).sentence();
        return new Diff(
                request.a().label(), request.b().label(), reading, files, tensors, rollUp.layers(), blocks, measured);
    }

    private static List<TensorMatching.TensorMatch> chosen(
            DiffRequest request, List<TensorMatching.TensorMatch> matches) {
        if (request.tensors().isEmpty()) {
            return matches;
        }
        Glob names = request.tensors().get();
        List<TensorMatching.TensorMatch> chosen = matches.stream()
                .filter(match -> match.a()
                                .filter(weight -> names.test(weight.name()))
                                .isPresent()
                        || match.b().filter(weight -> names.test(weight.name())).isPresent())
                .toList();
        if (chosen.isEmpty()) {
            throw MgitException.usage(
                    "no tensor of either side matches '" + request.tensors().get() + "'");
        }
        return chosen;
    }

    /** @param turned whether rows of one side were compared with columns of the other */
    private record Measured(TensorStatistics numbers, boolean turned) {}

    private Map<TensorMatching.TensorMatch, Measured> measured(List<TensorMatching.TensorMatch> matches)
            throws IOException {
        Map<TensorMatching.TensorMatch, TensorComparison.Matched> pairs = new LinkedHashMap<>();
        for (TensorMatching.TensorMatch match : matches) {
            if (match.a().isPresent() && match.b().isPresent() && !isSame(match)) {
                CheckpointTensor a = match.a().get();
                CheckpointTensor b = match.b().get();
                if (TensorComparison.comparable(a, b).isPresent()) {
                    boolean turned = !a.shape().equals(b.shape()) && TensorSamples.transposed(a, b);
                    pairs.put(match, new TensorComparison.Matched(a, b, turned));
                }
            }
        }
        Map<TensorMatching.TensorMatch, Measured> measured = compare(pairs);
        // A square matrix shows only by its values that it is transposed.
        Map<TensorMatching.TensorMatch, TensorComparison.Matched> square = new LinkedHashMap<>();
        for (Map.Entry<TensorMatching.TensorMatch, Measured> one : measured.entrySet()) {
            CheckpointTensor a = one.getKey().a().orElseThrow();
            CheckpointTensor b = one.getKey().b().orElseThrow();
            if (!one.getValue().turned()
                    && a.shape().equals(b.shape())
                    && Math.abs(one.getValue().numbers().cosine()) < UNRELATED
                    && TensorSamples.transposed(a, b)) {
                square.put(one.getKey(), new TensorComparison.Matched(a, b, true));
            }
        }
        measured.putAll(compare(square));
        return measured;
    }

    private Map<TensorMatching.TensorMatch, Measured> compare(
            Map<TensorMatching.TensorMatch, TensorComparison.Matched> pairs) throws IOException {
        Map<TensorMatching.TensorMatch, Measured> measured = new LinkedHashMap<>();
        if (pairs.isEmpty()) {
            return measured;
        }
        long bytes = 0;
        for (TensorComparison.Matched pair : pairs.values()) {
            bytes += pair.a().bytes().size() + pair.b().bytes().size();
        }
        progress.start("comparing", bytes);
        try {
            List<TensorStatistics> found =
                    TensorComparison.of(List.copyOf(pairs.values()), threads, true, progress::advance);
            int next = 0;
            for (Map.Entry<TensorMatching.TensorMatch, TensorComparison.Matched> pair : pairs.entrySet()) {
                measured.put(
                        pair.getKey(),
                        new Measured(found.get(next++), pair.getValue().turned()));
            }
            return measured;
        } finally {
            progress.done();
        }
    }

    private static boolean isSame(TensorMatching.TensorMatch match) {
        CheckpointTensor a = match.a().orElseThrow();
        CheckpointTensor b = match.b().orElseThrow();
        return a.object().equals(b.object())
                && a.shape().equals(b.shape())
                && a.spec().dtype() == b.spec().dtype();
    }

    private static TensorChange change(TensorMatching.TensorMatch match, Optional<Measured> measured, Ties ties)
            throws IOException {
        Optional<CheckpointTensor> a = match.a();
        Optional<CheckpointTensor> b = match.b();
        TensorChange.Status status;
        if (a.isEmpty() || b.isEmpty()) {
            status = a.isEmpty() ? TensorChange.Status.ADDED : TensorChange.Status.REMOVED;
        } else {
            status = status(a.get(), b.get(), measured);
        }
        return new TensorChange(
                status,
                a.map(CheckpointTensor::name),
                b.map(CheckpointTensor::name),
                a.map(CheckpointTensor::spec),
                b.map(CheckpointTensor::spec),
                measured.map(Measured::numbers),
                ties.of(a, b),
                b.or(() -> a).orElseThrow().companion());
    }

    private static TensorChange.Status status(CheckpointTensor a, CheckpointTensor b, Optional<Measured> measured)
            throws IOException {
        if (measured.filter(Measured::turned).isPresent()) {
            return TensorChange.Status.TRANSPOSED;
        }
        if (!a.shape().equals(b.shape())) {
            return TensorSamples.transposed(a, b) ? TensorChange.Status.TRANSPOSED : TensorChange.Status.RESHAPED;
        }
        if (a.spec().dtype() != b.spec().dtype()) {
            return TensorChange.Status.RETYPED;
        }
        if (a.object().equals(b.object())) {
            return a.name().equals(b.name()) ? TensorChange.Status.SAME : TensorChange.Status.RENAMED;
        }
        boolean transposed = measured.isEmpty() && TensorSamples.transposed(a, b);
        return transposed ? TensorChange.Status.TRANSPOSED : TensorChange.Status.CHANGED;
    }

    /** Tensors of one checkpoint that hold the same content under several names. */
    private static final class Ties {
        private final Map<ObjectId, List<String>> a = new HashMap<>();
        private final Map<ObjectId, List<String>> b = new HashMap<>();

        Ties(List<CheckpointTensor> left, List<CheckpointTensor> right) {
            collect(left, a);
            collect(right, b);
        }

        private static void collect(List<CheckpointTensor> weights, Map<ObjectId, List<String>> into) {
            for (CheckpointTensor weight : weights) {
                if (weight.isMatrix()) {
                    into.computeIfAbsent(weight.object(), object -> new ArrayList<>())
                            .add(weight.name());
                }
            }
        }

        /** The twin of a tensor that came, went or changed, on the side where it is. */
        Optional<String> of(Optional<CheckpointTensor> left, Optional<CheckpointTensor> right) {
            if (right.isEmpty()) {
                return twin(a, left.orElseThrow());
            }
            boolean same = left.filter(
                            weight -> weight.object().equals(right.get().object()))
                    .isPresent();
            boolean tiedBefore = left.flatMap(weight -> twin(a, weight)).isPresent();
            return same || tiedBefore ? Optional.empty() : twin(b, right.get());
        }

        private static Optional<String> twin(Map<ObjectId, List<String>> names, CheckpointTensor weight) {
            return names.getOrDefault(weight.object(), List.of()).stream()
                    .filter(name -> !name.equals(weight.name()))
                    .findFirst();
        }
    }
}
