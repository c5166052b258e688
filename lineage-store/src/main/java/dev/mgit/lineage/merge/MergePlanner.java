package dev.mgit.lineage.merge;

import dev.mgit.delta.Dtype;
import dev.mgit.lineage.merge.MergePlan.Conflict;
import dev.mgit.lineage.merge.MergePlan.Outcome;
import dev.mgit.lineage.merge.MergePlan.Problem;
import dev.mgit.lineage.merge.MergePlan.Reason;
import dev.mgit.lineage.tensorindex.TensorLocation;
import dev.mgit.lineage.version.ObjectId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides for each tensor where it comes from. Tensors are matched by name; a tensor is changed if its data differ from
 * the common ancestor's. What one side changed is taken from that side; what both changed needs a rule.
 */
public final class MergePlanner {
    private final List<MergeRule> rules;
    private final Map<String, TensorLocation> base;
    private final Map<String, TensorLocation> our;
    private final Map<String, TensorLocation> their;
    private final FileMerge files;

    /** @param rules the first that fits a name counts */
    public MergePlanner(MergeSide base, MergeSide ours, MergeSide theirs, List<MergeRule> rules) {
        this.rules = List.copyOf(rules);
        this.base = base.byName();
        this.our = ours.byName();
        this.their = theirs.byName();
        this.files = new FileMerge(base, ours, theirs, this.rules);
    }

    /** Our files' layout is kept if the result fits into it, else theirs if it fits there. */
    public MergePlan plan() {
        MergePlan kept = plan(MergeStage.OURS);
        if (kept.problems().isEmpty()) {
            return kept;
        }
        MergePlan other = plan(MergeStage.THEIRS);
        return other.problems().isEmpty() ? other : kept;
    }

    private MergePlan plan(MergeStage layout) {
        Changes changes = changes();
        List<Problem> problems = new ArrayList<>(files.tokenizerProblems(changes.mixesEmbeddings()));
        Map<String, List<String>> unresolved = new LinkedHashMap<>();
        List<TensorOutput> outputs = new ArrayList<>();
        (layout == MergeStage.OURS ? our : their).forEach((name, target) -> {
            Optional<MergeStrategy> strategy = strategy(name, changes, unresolved);
            strategy.ifPresent(chosen -> outputs.add(output(name, target, chosen, problems)));
        });
        problems.addAll(SharedData.problems(outputs));
        problems.addAll(missing(layout, changes, unresolved));
        List<Conflict> conflicts = new ArrayList<>();
        unresolved.forEach((layer, tensors) -> conflicts.add(new Conflict(layer, tensors)));
        conflicts.addAll(files.conflicts());
        return new MergePlan(
                changes.outcome(),
                layout,
                outputs,
                files.plan(layout),
                files.runFiles(),
                conflicts,
                changes.dependencies(),
                problems);
    }

    /** What each side did. */
    private final class Changes {
        private final Set<String> byOurs = new LinkedHashSet<>();
        private final Set<String> byTheirs = new LinkedHashSet<>();
        private final Set<String> both;
        private final LayerDependencies layers;

        Changes(Set<String> names) {
            layers = new LayerDependencies(names);
            for (String name : names) {
                boolean agree = same(our.get(name), their.get(name));
                if (!agree && !same(our.get(name), base.get(name))) {
                    byOurs.add(LayerDependencies.layer(name));
                }
                if (!agree && !same(their.get(name), base.get(name))) {
                    byTheirs.add(LayerDependencies.layer(name));
                }
            }
            both = new LinkedHashSet<>(byOurs);
            both.retainAll(byTheirs);
        }

        boolean conflicts(String name) {
            return both.contains(LayerDependencies.layer(name));
        }

        boolean mixesEmbeddings() {
            return !byOurs.isEmpty() && !byTheirs.isEmpty();
        }

        Outcome outcome() {
            if (!both.isEmpty() || !files.allConflicts().isEmpty()) {
                return Outcome.CONFLICT;
            }
            return dependencies().isEmpty() ? Outcome.NO_CONFLICT : Outcome.POSSIBLE_CONFLICT;
        }

        List<MergePlan.Dependency> dependencies() {
            Set<LayerDependencies.Place> left = places(byOurs);
            Set<LayerDependencies.Place> right = places(byTheirs);
            List<MergePlan.Dependency> found = new ArrayList<>();
            for (LayerDependencies.Place a : left) {
                for (LayerDependencies.Place b : right) {
                    if (layers.dependent(a, b)) {
                        found.add(new MergePlan.Dependency(a.label(), b.label()));
                    }
                }
            }
            return found;
        }

        private Set<LayerDependencies.Place> places(Set<String> changed) {
            Set<LayerDependencies.Place> places = new LinkedHashSet<>();
            changed.stream()
                    .filter(layer -> !both.contains(layer))
                    .forEach(layer -> places.add(LayerDependencies.place(layer + ".w")));
            return places;
        }
    }

    private Changes changes() {
        Set<String> names = new LinkedHashSet<>(our.keySet());
        names.addAll(their.keySet());
        names.addAll(base.keySet());
        return new Changes(names);
    }

    private static boolean same(@Nullable TensorLocation a, @Nullable TensorLocation b) {
        return facts(a).equals(facts(b));
    }

    private record Facts(ObjectId object, Dtype dtype, List<Long> shape) {}

    private static Optional<Facts> facts(@Nullable TensorLocation tensor) {
        return Optional.ofNullable(tensor)
                .map(known -> new Facts(
                        known.object(), known.spec().dtype(), known.spec().shape()));
    }

    /** How to make a tensor; empty, and noted, where nothing says how. */
    private Optional<MergeStrategy> strategy(String name, Changes changes, Map<String, List<String>> unresolved) {
        TensorLocation left = our.get(name);
        TensorLocation right = their.get(name);
        if (same(left, right)) {
            return Optional.of(MergeStrategy.of(MergeMethod.OURS));
        }
        boolean conflict = changes.conflicts(name);
        TensorLocation known = left == null ? right : left;
        String own = known == null ? name : known.name();
        Optional<MergeStrategy> ruled = rules.stream()
                .filter(rule -> rule.names().test(own) && (conflict || rule.everywhere()))
                .map(MergeRule::strategy)
                .findFirst();
        boolean oneSideLacksIt = left == null || right == null;
        if (ruled.isPresent() && !(oneSideLacksIt && !ruled.get().method().picks())) {
            return ruled;
        }
        if (conflict) {
            unresolved
                    .computeIfAbsent(LayerDependencies.layer(name), key -> new ArrayList<>())
                    .add(name);
            return Optional.empty();
        }
        return Optional.of(MergeStrategy.of(same(left, base.get(name)) ? MergeMethod.THEIRS : MergeMethod.OURS));
    }

    private TensorOutput output(String name, TensorLocation target, MergeStrategy strategy, List<Problem> problems) {
        TensorOutput output = new TensorOutput(target, strategy, base.get(name), our.get(name), their.get(name));
        output.problem().ifPresent(problems::add);
        return output;
    }

    /** Tensors of the result that the layout has no place for. */
    private List<Problem> missing(MergeStage layout, Changes changes, Map<String, List<String>> unresolved) {
        Map<String, TensorLocation> has = layout == MergeStage.OURS ? our : their;
        MergeMethod other = layout == MergeStage.OURS ? MergeMethod.THEIRS : MergeMethod.OURS;
        Set<String> names = new TreeSet<>(layout == MergeStage.OURS ? their.keySet() : our.keySet());
        names.removeAll(has.keySet());
        List<Problem> problems = new ArrayList<>();
        for (String name : names) {
            Optional<MergeStrategy> strategy = strategy(name, changes, unresolved);
            if (strategy.filter(chosen -> chosen.method() == other).isPresent()) {
                String text = "the result needs the tensor '" + name + "', but " + word(layout) + " has no slot for it";
                problems.add(new Problem(Reason.STRUCTURE, text));
            }
        }
        return problems;
    }

    static String word(MergeStage side) {
        return switch (side) {
            case BASE -> "the common ancestor";
            case OURS -> "our side";
            case THEIRS -> "their side";
        };
    }
}
