package dev.mgit.lineage.diff;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.diff.experts.ExpertDiff;
import dev.mgit.lineage.diff.match.TensorMatching;
import dev.mgit.lineage.diff.measure.GateOrder;
import dev.mgit.lineage.diff.measure.TensorComparison;
import dev.mgit.lineage.diff.measure.TensorStatistics;
import dev.mgit.lineage.parameters.ObjectReader;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.tensors.AxisPermutation;
import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.LayerNames;
import dev.mgit.lineage.tensors.TensorSet;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.NeededObjects;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Compares two checkpoints, each a version or a path. Memory is bounded: weights are streamed. */
public final class Diffs {
    /** Below this cosine two tensors of one name say nothing of each other. */
    private static final double UNRELATED = 0.2;

    /** Above this cosine no more than training is between two tensors. */
    private static final double ALIKE = 0.9;

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
     * @throws dev.mgit.delta.layout.FormatException if a file on disk is not what its name promises
     * @throws MgitException of kind USAGE if a glob matches nothing, INTEGRITY if the store is damaged
     */
    public Diff diff(DiffRequest request) throws IOException {
        return compare(request, true, (a, b) -> diff(request, a, b, dropped(request, a, b)));
    }

    /** Compares files only: memory is bounded however many tensors there are. */
    public List<FileChange> files(DiffRequest request) throws IOException {
        return compare(request, false, (a, b) -> files(request, a, b));
    }

    /**
     * Compares the blocks of two models.
     *
     * @throws dev.mgit.delta.layout.FormatException if a configuration contradicts itself
     * @throws MgitException of kind FAILED if nothing says what blocks a side has
     */
    public BlockDiff blocks(DiffRequest request) throws IOException {
        return compare(request, true, (a, b) -> BlockDiffs.of(request, a, b));
    }

    /**
     * Compares the experts of two mixtures, each with the one it is or was trained from.
     *
     * @throws MgitException of kind FAILED if {@code b} has none
     */
    public ExpertDiff experts(DiffRequest request) throws IOException {
        ExpertDiff diff = compare(
                request,
                true,
                (a, b) -> ExpertDiff.of(
                        request.a().label(), a.weights(), request.b().label(), b.weights()));
        if (diff.blocks().isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "'" + request.b().label() + "' has no experts that anybody here knows",
                    "compare mixtures; 'mgit inspect' shows which roles the tensors of a model have");
        }
        return diff;
    }

    private interface Comparison<T> {
        T of(Snapshot a, Snapshot b) throws IOException;
    }

    private <T> T compare(DiffRequest request, boolean withTensors, Comparison<T> comparison) throws IOException {
        Predicate<String> wanted = request.files().orElse(Glob.ALL)::testPath;
        List<VersionId> stored = Stream.of(request.a(), request.b())
                .filter(DiffSide.Revision.class::isInstance)
                .map(side -> ((DiffSide.Revision) side).version())
                .toList();
        try (var store = new ObjectReader.Store(() -> repository()
                        .parameters(() -> NeededObjects.of(repository().lineage(), stored, wanted)));
                Snapshot a = snapshot(request.a(), store, wanted, withTensors);
                Snapshot b = snapshot(request.b(), store, wanted, withTensors)) {
            if (request.files().isPresent() && nothing(a) && nothing(b)) {
                throw MgitException.usage(
                        "no file of either side matches '" + request.files().get() + "'");
            }
            return comparison.of(a, b);
        }
    }

    private static boolean nothing(Snapshot side) {
        return side.files.isEmpty() && side.dropped.isEmpty();
    }

    private Repository repository() {
        return repository.orElseThrow(() -> MgitException.usage("revisions can only be compared inside a repository"));
    }

    private Snapshot snapshot(DiffSide side, ObjectReader.Store store, Predicate<String> wanted, boolean withTensors)
            throws IOException {
        if (side instanceof DiffSide.Revision revision) {
            return Snapshot.of(repository(), store, revision.version(), wanted, withTensors);
        }
        return Snapshot.of(((DiffSide.OnDisk) side).path(), threads, progress, wanted, withTensors);
    }

    /** Says what only one side, or none, has the bytes of; it is compared no further. */
    private static List<String> dropped(DiffRequest request, Snapshot a, Snapshot b) {
        List<String> said = new ArrayList<>();
        a.dropped.forEach(path -> said.add(request.a().label() + ":" + path));
        b.dropped.forEach(path -> said.add(request.b().label() + ":" + path));
        return said;
    }

    private static List<TensorMatching.TensorMatch> trainingState(Snapshot a, Snapshot b) throws IOException {
        return TensorMatching.byName(without(a.trainingState(), b.dropped), without(b.trainingState(), a.dropped));
    }

    private static List<CheckpointTensor> without(List<CheckpointTensor> tensors, Set<String> files) {
        return tensors.stream().filter(tensor -> !files.contains(tensor.file())).toList();
    }

    private Diff diff(DiffRequest request, Snapshot a, Snapshot b, List<String> dropped) throws IOException {
        List<CheckpointTensor> left = a.weights();
        List<CheckpointTensor> right = b.weights();
        Optional<AdapterSummary> adapter = AdapterSummary.of(left, right);
        if (adapter.isPresent()) {
            boolean reversed = adapter.get().reversed();
            left = reversed ? adapter.get().adapter() : adapter.get().base();
            right = reversed ? adapter.get().base() : adapter.get().adapter();
        }
        TensorMatching matching = TensorMatching.of(left, right);
        List<TensorMatching.TensorMatch> state = trainingState(a, b);
        List<TensorMatching.TensorMatch> matches = chosen(request, matching.tensors(), state);
        boolean measured = request.depth() == DiffRequest.Depth.NUMBERS;
        Map<TensorMatching.TensorMatch, Measured> numbers = measured ? measured(matches) : Map.of();
        var ties = new TiedTensors(left, right);
        List<TensorChange> tensors = new ArrayList<>(matches.size());
        for (TensorMatching.TensorMatch match : matches) {
            TensorChange change = change(match, Optional.ofNullable(numbers.get(match)), ties);
            tensors.add(isHidden(change, match, a, b) ? change.unreadable() : change);
        }
        tensors.sort((x, y) -> LayerNames.NATURAL.compare(x.name(), y.name()));
        List<FileChange> files = request.tensors().isPresent() ? List.of() : files(request, a, b);
        var rollUp = new RollUp(tensors, matching.units());
        List<LayerChange> blocks = rollUp.blocks();
        List<String> components = a.isPipeline() && b.isPipeline() ? components(left, right) : List.of();
        String reading = adapter.map(AdapterSummary::sentence)
                .orElseGet(() -> DiffSummary.of(components, tensors, blocks, files, measured));
        return new Diff(
                request.a().label(),
                request.b().label(),
                reading,
                files,
                tensors,
                request.tensors().isPresent() ? List.of() : changes(state),
                dropped,
                rollUp.layers(),
                blocks,
                measured);
    }

    /** The folders of a pipeline's components that hold weights. */
    private static List<String> components(List<CheckpointTensor> left, List<CheckpointTensor> right) {
        return Stream.concat(left.stream(), right.stream())
                .map(weight -> TensorSet.component(weight.file()))
                .filter(component -> !component.isEmpty())
                .distinct()
                .sorted()
                .toList();
    }

    /** Two files that were named one by one are one file that changed; equal ones differ by their names only. */
    private static List<FileChange> files(DiffRequest request, Snapshot a, Snapshot b) throws IOException {
        if (isFile(request.a()) && isFile(request.b()) && a.files.size() == 1 && b.files.size() == 1) {
            Snapshot.Contents left = a.files.values().iterator().next();
            Snapshot.Contents right = b.files.values().iterator().next();
            if (!left.identity().equals(right.identity())) {
                return List.of(FileChanges.changed(left, right));
            }
        }
        return FileChanges.of(a.files, b.files).stream()
                .filter(change -> !a.dropped.contains(change.path()) && !b.dropped.contains(change.path()))
                .toList();
    }

    private static boolean isFile(DiffSide side) {
        return side instanceof DiffSide.OnDisk disk && Files.isRegularFile(disk.path());
    }

    private static List<TensorChange> changes(List<TensorMatching.TensorMatch> state) throws IOException {
        var ties = new TiedTensors(List.of(), List.of());
        List<TensorChange> changes = new ArrayList<>(state.size());
        for (TensorMatching.TensorMatch match : state) {
            changes.add(change(match, Optional.empty(), ties));
        }
        return changes;
    }

    /** All weights, or what a glob names, training state too. */
    private static List<TensorMatching.TensorMatch> chosen(
            DiffRequest request, List<TensorMatching.TensorMatch> weights, List<TensorMatching.TensorMatch> state) {
        if (request.tensors().isEmpty()) {
            return weights;
        }
        Glob names = request.tensors().get();
        List<TensorMatching.TensorMatch> chosen = Stream.concat(weights.stream(), state.stream())
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

    /** @param arranged what had to be done to one side before the two could be compared, if anything */
    private record Measured(TensorStatistics numbers, Optional<TensorChange.Status> arranged) {}

    private Map<TensorMatching.TensorMatch, Measured> measured(List<TensorMatching.TensorMatch> matches)
            throws IOException {
        Map<TensorMatching.TensorMatch, TensorComparison.Matched> pairs = new LinkedHashMap<>();
        for (TensorMatching.TensorMatch match : matches) {
            if (match.a().isPresent() && match.b().isPresent() && !isSame(match)) {
                CheckpointTensor a = match.a().get();
                CheckpointTensor b = match.b().get();
                if (TensorComparison.comparable(a, b).isPresent()) {
                    boolean straight = a.shape().equals(b.shape());
                    Optional<AxisPermutation> arrangement = straight ? Optional.empty() : AxisPermutation.of(a, b);
                    pairs.put(match, new TensorComparison.Matched(a, b, arrangement));
                }
            }
        }
        Map<TensorMatching.TensorMatch, Measured> measured = compare(pairs, TensorChange.Status.TRANSPOSED);
        measured.putAll(compare(square(measured), TensorChange.Status.TRANSPOSED));
        measured.putAll(compare(gates(measured), TensorChange.Status.REORDERED));
        return measured;
    }

    /** Where the order of axes leaves the shape as it is, only values show it. */
    private static Map<TensorMatching.TensorMatch, TensorComparison.Matched> square(
            Map<TensorMatching.TensorMatch, Measured> measured) throws IOException {
        Map<TensorMatching.TensorMatch, TensorComparison.Matched> square = new LinkedHashMap<>();
        for (Map.Entry<TensorMatching.TensorMatch, Measured> one : measured.entrySet()) {
            CheckpointTensor a = one.getKey().a().orElseThrow();
            CheckpointTensor b = one.getKey().b().orElseThrow();
            boolean unlike = Math.abs(one.getValue().numbers().cosine()) < UNRELATED;
            if (unlike && one.getValue().arranged().isEmpty() && a.shape().equals(b.shape())) {
                AxisPermutation.of(a, b)
                        .ifPresent(found ->
                                square.put(one.getKey(), new TensorComparison.Matched(a, b, Optional.of(found))));
            }
        }
        return square;
    }

    /** Gates of recurrent layers in another order: some may be in their places, so the two are not quite unlike. */
    private static Map<TensorMatching.TensorMatch, TensorComparison.Matched> gates(
            Map<TensorMatching.TensorMatch, Measured> measured) throws IOException {
        Map<TensorMatching.TensorMatch, TensorComparison.Matched> reordered = new LinkedHashMap<>();
        for (Map.Entry<TensorMatching.TensorMatch, Measured> one : measured.entrySet()) {
            CheckpointTensor a = one.getKey().a().orElseThrow();
            CheckpointTensor b = one.getKey().b().orElseThrow();
            if (one.getValue().numbers().cosine() < ALIKE) {
                Optional<GateOrder> order = GateOrder.of(a, b);
                if (order.isPresent()) {
                    reordered.put(one.getKey(), order.get().match(a, b));
                }
            }
        }
        return reordered;
    }

    private Map<TensorMatching.TensorMatch, Measured> compare(
            Map<TensorMatching.TensorMatch, TensorComparison.Matched> pairs, TensorChange.Status arranged)
            throws IOException {
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
                boolean asItIs = arranged == TensorChange.Status.TRANSPOSED
                        && pair.getValue().arrangement().isEmpty();
                measured.put(
                        pair.getKey(),
                        new Measured(found.get(next++), asItIs ? Optional.empty() : Optional.of(arranged)));
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

    private static TensorChange change(TensorMatching.TensorMatch match, Optional<Measured> measured, TiedTensors ties)
            throws IOException {
        Optional<CheckpointTensor> a = match.a();
        Optional<CheckpointTensor> b = match.b();
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
                a.map(CheckpointTensor::name),
                b.map(CheckpointTensor::name),
                a.map(CheckpointTensor::spec),
                b.map(CheckpointTensor::spec),
                measured.map(Measured::numbers),
                ties.twin(a, b),
                ties.untiedFrom(a, b),
                b.or(() -> a).orElseThrow().companion());
    }

    /** Whether a tensor of one side may be in a file of the other that nobody here can read. */
    private static boolean isHidden(TensorChange change, TensorMatching.TensorMatch match, Snapshot a, Snapshot b) {
        return switch (change.status()) {
            case REMOVED -> b.mayHide(match.a().orElseThrow().file(), a);
            case ADDED -> a.mayHide(match.b().orElseThrow().file(), b);
            default -> false;
        };
    }

    private static TensorChange.Status status(CheckpointTensor a, CheckpointTensor b, Optional<Measured> measured)
            throws IOException {
        boolean sameObject = a.object().equals(b.object());
        if ((a.isUnreadable() || b.isUnreadable()) && !sameObject) {
            return TensorChange.Status.UNREADABLE;
        }
        Optional<TensorChange.Status> arranged = measured.flatMap(Measured::arranged);
        if (arranged.isPresent()) {
            return arranged.get();
        }
        if (!a.shape().equals(b.shape())) {
            return AxisPermutation.of(a, b).isPresent() ? TensorChange.Status.TRANSPOSED : TensorChange.Status.RESHAPED;
        }
        if (a.spec().dtype() != b.spec().dtype()) {
            return TensorChange.Status.RETYPED;
        }
        if (sameObject) {
            return a.name().equals(b.name()) ? TensorChange.Status.SAME : TensorChange.Status.RENAMED;
        }
        boolean transposed = measured.isEmpty() && AxisPermutation.of(a, b).isPresent();
        return transposed ? TensorChange.Status.TRANSPOSED : TensorChange.Status.CHANGED;
    }
}
