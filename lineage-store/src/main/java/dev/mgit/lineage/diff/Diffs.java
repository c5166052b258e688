package dev.mgit.lineage.diff;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.Progress;
import dev.mgit.lineage.parameters.StoredBytes;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Glob;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
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
    private final Progress progress;
    private final int threads;

    /**
     * @param repository needed for {@link Side.Revision} only
     * @param threads runs of weights read and compared at once
     */
    public Diffs(Optional<Repository> repository, Progress progress, int threads) {
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
        try (var store = new StoredBytes.Store(() -> repository().parameters());
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

    private Snapshot snapshot(Side side, StoredBytes.Store store, Predicate<String> wanted) throws IOException {
        if (side instanceof Side.Revision revision) {
            return Snapshot.of(repository(), store, revision.version(), wanted);
        }
        return Snapshot.of(((Side.OnDisk) side).path(), threads, progress, wanted);
    }

    private Diff diff(DiffRequest request, Snapshot a, Snapshot b) throws IOException {
        List<Weight> left = a.weights();
        List<Weight> right = b.weights();
        Matching matching = Matching.of(left, right);
        List<Matching.TensorMatch> matches = chosen(request, matching.tensors());
        boolean measured = request.depth() == DiffRequest.Depth.NUMBERS;
        Map<Matching.TensorMatch, Measured> numbers = measured ? measured(matches) : Map.of();
        var ties = new Ties(left, right);
        List<TensorChange> tensors = new ArrayList<>(matches.size());
        for (Matching.TensorMatch match : matches) {
            tensors.add(change(match, Optional.ofNullable(numbers.get(match)), ties));
        }
        tensors.sort((x, y) -> LayerNames.NATURAL.compare(x.name(), y.name()));
        List<FileChange> files = request.tensors().isPresent() ? List.of() : files(request, a, b);
        var rollUp = new RollUp(tensors, matching.units());
        List<LayerChange> blocks = rollUp.blocks();
        String reading = new Reading(tensors, blocks, files, measured).sentence();
        return new Diff(
                request.a().label(), request.b().label(), reading, files, tensors, rollUp.layers(), blocks, measured);
    }

    private static List<FileChange> files(DiffRequest request, Snapshot a, Snapshot b) throws IOException {
        boolean pair = isFile(request.a()) && isFile(request.b()) && a.files.size() == 1 && b.files.size() == 1;
        return pair
                ? FileChanges.ofPair(
                        a.files.values().iterator().next(), b.files.values().iterator().next())
                : FileChanges.of(a.files, b.files);
    }

    private static boolean isFile(Side side) {
        return side instanceof Side.OnDisk disk && Files.isRegularFile(disk.path());
    }

    private static List<Matching.TensorMatch> chosen(DiffRequest request, List<Matching.TensorMatch> matches) {
        if (request.tensors().isEmpty()) {
            return matches;
        }
        Glob names = request.tensors().get();
        List<Matching.TensorMatch> chosen = matches.stream()
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

    private Map<Matching.TensorMatch, Measured> measured(List<Matching.TensorMatch> matches) throws IOException {
        Map<Matching.TensorMatch, Comparison.Matched> pairs = new LinkedHashMap<>();
        for (Matching.TensorMatch match : matches) {
            if (match.a().isPresent() && match.b().isPresent() && !isSame(match)) {
                Weight a = match.a().get();
                Weight b = match.b().get();
                if (Comparison.comparable(a, b).isPresent()) {
                    boolean turned = !a.shape().equals(b.shape()) && Samples.transposed(a, b);
                    pairs.put(match, new Comparison.Matched(a, b, turned));
                }
            }
        }
        Map<Matching.TensorMatch, Measured> measured = compare(pairs);
        // A square matrix shows only by its values that it is transposed.
        Map<Matching.TensorMatch, Comparison.Matched> square = new LinkedHashMap<>();
        for (Map.Entry<Matching.TensorMatch, Measured> one : measured.entrySet()) {
            Weight a = one.getKey().a().orElseThrow();
            Weight b = one.getKey().b().orElseThrow();
            if (!one.getValue().turned()
                    && a.shape().equals(b.shape())
                    && Math.abs(one.getValue().numbers().cosine()) < UNRELATED
                    && Samples.transposed(a, b)) {
                square.put(one.getKey(), new Comparison.Matched(a, b, true));
            }
        }
        measured.putAll(compare(square));
        return measured;
    }

    private Map<Matching.TensorMatch, Measured> compare(Map<Matching.TensorMatch, Comparison.Matched> pairs)
            throws IOException {
        Map<Matching.TensorMatch, Measured> measured = new LinkedHashMap<>();
        if (pairs.isEmpty()) {
            return measured;
        }
        long bytes = 0;
        for (Comparison.Matched pair : pairs.values()) {
            bytes += pair.a().bytes().size() + pair.b().bytes().size();
        }
        progress.start("comparing", bytes);
        try {
            List<TensorStatistics> found = Comparison.of(List.copyOf(pairs.values()), threads, true, progress::advance);
            int next = 0;
            for (Map.Entry<Matching.TensorMatch, Comparison.Matched> pair : pairs.entrySet()) {
                measured.put(
                        pair.getKey(),
                        new Measured(found.get(next++), pair.getValue().turned()));
            }
            return measured;
        } finally {
            progress.done();
        }
    }

    private static boolean isSame(Matching.TensorMatch match) {
        Weight a = match.a().orElseThrow();
        Weight b = match.b().orElseThrow();
        return a.object().equals(b.object())
                && a.shape().equals(b.shape())
                && a.spec().dtype() == b.spec().dtype();
    }

    private static TensorChange change(Matching.TensorMatch match, Optional<Measured> measured, Ties ties)
            throws IOException {
        Optional<Weight> a = match.a();
        Optional<Weight> b = match.b();
        TensorChange.Status status;
        if (a.isEmpty() || b.isEmpty()) {
            status = a.isEmpty() ? TensorChange.Status.ADDED : TensorChange.Status.REMOVED;
        } else {
            status = status(a.get(), b.get(), measured);
        }
        boolean alike = a.isEmpty() || b.isEmpty() || status == TensorChange.Status.SAME;
        if (alike) {
            status = ties.status(a, b).orElse(status);
        }
        return new TensorChange(
                status,
                a.map(Weight::name),
                b.map(Weight::name),
                a.map(Weight::spec),
                b.map(Weight::spec),
                measured.map(Measured::numbers),
                ties.twin(a, b),
                ties.untiedFrom(a, b),
                b.or(() -> a).orElseThrow().companion());
    }

    private static TensorChange.Status status(Weight a, Weight b, Optional<Measured> measured) throws IOException {
        if (measured.filter(Measured::turned).isPresent()) {
            return TensorChange.Status.TRANSPOSED;
        }
        if (!a.shape().equals(b.shape())) {
            return Samples.transposed(a, b) ? TensorChange.Status.TRANSPOSED : TensorChange.Status.RESHAPED;
        }
        if (a.spec().dtype() != b.spec().dtype()) {
            return TensorChange.Status.RETYPED;
        }
        if (a.object().equals(b.object())) {
            return a.name().equals(b.name()) ? TensorChange.Status.SAME : TensorChange.Status.RENAMED;
        }
        boolean transposed = measured.isEmpty() && Samples.transposed(a, b);
        return transposed ? TensorChange.Status.TRANSPOSED : TensorChange.Status.CHANGED;
    }
}
