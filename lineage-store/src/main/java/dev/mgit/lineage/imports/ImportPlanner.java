package dev.mgit.lineage.imports;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.ResourceException;
import dev.mgit.delta.format.TrainingState;
import dev.mgit.lineage.checkpoint.CommitSettings;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.checkpoint.Findings;
import dev.mgit.lineage.checkpoint.FolderScan;
import dev.mgit.lineage.detect.Detected;
import dev.mgit.lineage.detect.Detector;
import dev.mgit.lineage.detect.ModelSketch;
import dev.mgit.lineage.detect.Subject;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Tag;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes the plan of an import: names, origins, order. */
final class ImportPlanner {
    private final Repository repository;
    private final CommitSettings rules;
    private final double minConfidence;
    private final CopyProgress progress;
    private final Map<Path, String> known = new LinkedHashMap<>();
    private final Map<Path, String> skipped = new LinkedHashMap<>();
    private final Map<Path, String> passedOver = new LinkedHashMap<>();
    private final List<Item> items = new ArrayList<>();
    private final Map<String, VersionId> heads = new HashMap<>();

    /** A checkpoint to be imported. */
    private record Item(FoundCheckpoint checkpoint, String model, Findings findings, ModelSketch sketch) {}

    /**
     * @param rules whether to leave out what is incomplete, and training state
     * @param minConfidence of an origin that makes an edge
     */
    ImportPlanner(Repository repository, CommitSettings rules, double minConfidence, CopyProgress progress) {
        this.repository = repository;
        this.rules = rules;
        this.minConfidence = minConfidence;
        this.progress = progress;
    }

    ImportPlan plan(ImportScan scan) throws IOException {
        skipped.putAll(scan.skipped);
        passedOver.putAll(scan.passedOver);
        repository.lineage().models().forEach(model -> heads.put(model.name(), model.head()));
        progress.start("reading checkpoints", scan.found.size());
        try {
            read(scan.found);
        } finally {
            progress.done();
        }
        List<Subject> subjects = items.stream()
                .map(item -> new Subject(
                        item.checkpoint().name(), Optional.of(item.checkpoint().when()), item.sketch(), false))
                .toList();
        List<Optional<Detected>> origins = new Detector(repository).originsOf(subjects);
        return ordered(origins);
    }

    private void read(List<FoundCheckpoint> found) throws IOException {
        Map<Path, String> groups = new HashMap<>();
        Set<String> taken = new HashSet<>(heads.keySet());
        List<Tag> tags = repository.lineage().tags();
        var imported = new AlreadyImported(repository.lineage(), rules.weightsOnly());
        for (FoundCheckpoint checkpoint : found) {
            String name = ImportNames.legal(checkpoint.name());
            try {
                ImportRecord record = ImportRecord.of(checkpoint, rules.weightsOnly());
                Optional<AlreadyImported.Known> before = imported.find(record, name, checkpoint.path());
                if (before.isEmpty()) {
                    // earlier imports took the last part of a path, whatever it was
                    before = imported.find(
                            record, ImportNames.legal(ModelFolders.stem(checkpoint.path())), checkpoint.path());
                }
                before.ifPresent(one -> groups.putIfAbsent(checkpoint.group(), one.model()));
                if (before.filter(AlreadyImported.Known::same).isPresent()) {
                    known.put(
                            checkpoint.path(),
                            before.get().model() + "@" + before.get().version().abbreviated());
                } else {
                    Findings findings = findings(checkpoint.path());
                    ModelSketch sketch = Detector.sketch(checkpoint.path());
                    Path group = group(checkpoint, sketch, groups);
                    String model = groups.computeIfAbsent(group, g -> ImportNames.free(name, taken, tags));
                    taken.add(model);
                    items.add(new Item(checkpoint, model, findings, sketch));
                }
            } catch (MgitException e) {
                if (ResourceException.isOfTheMachine(e)) {
                    throw e;
                }
                skipped.put(checkpoint.path(), e.getMessage());
            } catch (IOException e) {
                if (ResourceException.isOfTheMachine(e)) {
                    throw e;
                }
                skipped.put(checkpoint.path(), "cannot be read");
            }
            progress.advance(1);
        }
    }

    /** The group of a checkpoint; itself, if only its name says that it is of a group and its weights do not. */
    private Path group(FoundCheckpoint checkpoint, ModelSketch sketch, Map<Path, String> groups) throws IOException {
        String model = checkpoint.loose() ? groups.get(checkpoint.group()) : null;
        if (model == null) {
            return checkpoint.group();
        }
        Optional<ModelSketch> latest = items.stream()
                .filter(item -> item.model().equals(model))
                .map(Item::sketch)
                .reduce((first, next) -> next);
        boolean strange = latest.isPresent()
                ? sketch.isStrange(latest.get())
                : heads.containsKey(model) && new Detector(repository).isStrange(sketch, heads.get(model));
        return strange ? checkpoint.path() : checkpoint.group();
    }

    private Findings findings(Path path) throws IOException {
        Findings findings = Findings.in(path, rules.weightsOnly());
        if (rules.strict() && !findings.missing().isEmpty()) {
            throw MgitException.failed("is incomplete: " + String.join("; ", findings.missing()));
        }
        FolderScan.of(path, rules.weightsOnly())
                .ignored()
                .forEach(one -> passedOver.put(
                        path.resolve(one),
                        rules.weightsOnly() && TrainingState.isFile(one)
                                ? "training state, left out by --weights-only"
                                : "ignored by ignore rules"));
        return findings;
    }

    private ImportPlan ordered(List<Optional<Detected>> origins) {
        List<List<Integer>> before = new ArrayList<>();
        Map<String, Integer> latest = new HashMap<>();
        for (int i = 0; i < items.size(); i++) {
            List<Integer> first = new ArrayList<>();
            Optional.ofNullable(latest.put(items.get(i).model(), i)).ifPresent(first::add);
            before.add(first);
        }
        List<List<Detected.Parent>> parents = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            parents.add(parents(i, origins.get(i), before));
        }
        List<Integer> order = new ArrayList<>();
        boolean[] placed = new boolean[items.size()];
        for (int i = 0; i < items.size(); i++) {
            place(i, before, placed, order);
        }
        int[] rank = new int[items.size()];
        for (int i = 0; i < rank.length; i++) {
            rank[order.get(i)] = i;
        }
        List<ImportPlan.Step> steps = new ArrayList<>();
        Set<String> begun = new HashSet<>(heads.keySet());
        for (int item : order) {
            steps.add(step(item, parents.get(item), origins, rank, begun));
        }
        return new ImportPlan(steps, known, skipped, passedOver, heads, rules.weightsOnly());
    }

    /** Parents of other models. An edge that would close a circle with the order of versions is left out. */
    private List<Detected.Parent> parents(int item, Optional<Detected> origin, List<List<Integer>> before) {
        boolean laterVersion =
                !before.get(item).isEmpty() || heads.containsKey(items.get(item).model());
        if (origin.isEmpty() || laterVersion || isUnsure(origin)) {
            return List.of();
        }
        List<Detected.Parent> parents = new ArrayList<>();
        for (Detected.Parent parent : origin.get().parents()) {
            if (parent.fresh().isEmpty()) {
                parents.add(parent);
            } else if (!leadsTo(parent.fresh().get(), item, before)) {
                before.get(item).add(parent.fresh().get());
                parents.add(parent);
            }
        }
        return parents;
    }

    private boolean isUnsure(Optional<Detected> origin) {
        return origin.filter(found -> found.confidence() < minConfidence).isPresent();
    }

    /** Whether {@code from} has to wait for {@code target}. */
    private static boolean leadsTo(int from, int target, List<List<Integer>> before) {
        return from == target || before.get(from).stream().anyMatch(next -> leadsTo(next, target, before));
    }

    private static void place(int item, List<List<Integer>> before, boolean[] placed, List<Integer> order) {
        if (!placed[item]) {
            placed[item] = true;
            before.get(item).forEach(first -> place(first, before, placed, order));
            order.add(item);
        }
    }

    private ImportPlan.Step step(
            int item, List<Detected.Parent> parents, List<Optional<Detected>> origins, int[] rank, Set<String> begun) {
        Item planned = items.get(item);
        List<Detected.Parent> byStep = parents.stream()
                .map(parent -> parent.fresh().isEmpty() ? parent : renumbered(parent, rank))
                .toList();
        return new ImportPlan.Step(
                planned.checkpoint(),
                planned.model(),
                begun.add(planned.model()),
                byStep,
                origins.get(item),
                isUnsure(origins.get(item)),
                ClaimCheck.sentences(planned.sketch(), origins.get(item), known()),
                planned.findings(),
                planned.sketch());
    }

    private Detected.Parent renumbered(Detected.Parent parent, int[] rank) {
        int item = parent.fresh().orElseThrow();
        return new Detected.Parent(items.get(item).model(), Optional.empty(), Optional.of(rank[item]));
    }

    private List<String> known() {
        List<String> names = new ArrayList<>(heads.keySet());
        items.forEach(item -> names.add(item.checkpoint().name()));
        return names;
    }
}
