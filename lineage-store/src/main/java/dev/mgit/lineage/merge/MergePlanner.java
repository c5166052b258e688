package dev.mgit.lineage.merge;

import dev.mgit.delta.Dtype;
import dev.mgit.lineage.graph.TensorAt;
import dev.mgit.lineage.merge.MergePlan.Conflict;
import dev.mgit.lineage.merge.MergePlan.Outcome;
import dev.mgit.lineage.merge.MergePlan.Problem;
import dev.mgit.lineage.merge.MergePlan.Reason;
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
    private final MergeSide ours;
    private final MergeSide theirs;
    private final List<Rule> rules;
    private final Map<String, TensorAt> base;
    private final Map<String, TensorAt> our;
    private final Map<String, TensorAt> their;
    private final FileMerge files;

    /** @param rules the first that fits a name counts */
    public MergePlanner(MergeSide base, MergeSide ours, MergeSide theirs, List<Rule> rules) {
        this.ours = ours;
        this.theirs = theirs;
        this.rules = List.copyOf(rules);
        this.base = base.byName();
        this.our = ours.byName();
        this.their = theirs.byName();
        this.files = new FileMerge(base, ours, theirs, this.rules);
    }

    /** Our files' layout is kept if the result fits into it, else theirs if it fits there. */
    public MergePlan plan() {
        MergePlan kept = plan(Side.OURS);
        if (kept.problems().isEmpty()) {
            return kept;
        }
        MergePlan other = plan(Side.THEIRS);
        return other.problems().isEmpty() ? other : kept;
    }

    private MergePlan plan(Side layout) {
        Changes changes = changes();
        List<Problem> problems = new ArrayList<>(files.tokenizerProblems(changes.mixesEmbeddings()));
        Map<String, List<String>> unresolved = new LinkedHashMap<>();
        List<TensorOutput> outputs = new ArrayList<>();
        for (TensorAt target : (layout == Side.OURS ? ours : theirs).tensors()) {
            Optional<Strategy> strategy = strategy(target.name(), changes, unresolved);
            strategy.ifPresent(chosen -> outputs.add(output(target, chosen, problems)));
        }
        problems.addAll(missing(layout, changes, unresolved));
        List<Conflict> conflicts = new ArrayList<>();
        unresolved.forEach((layer, tensors) -> conflicts.add(new Conflict(layer, tensors)));
        conflicts.addAll(files.conflicts());
        return new MergePlan(
                changes.outcome(), layout, outputs, files.plan(layout), conflicts, changes.dependencies(), problems);
    }

    /** What each side did. */
    private final class Changes {
        private final Set<String> byOurs = new LinkedHashSet<>();
        private final Set<String> byTheirs = new LinkedHashSet<>();
        private final Set<String> both;
        private final Layers layers;

        Changes(Set<String> names) {
            layers = new Layers(names);
            for (String name : names) {
                boolean agree = same(our.get(name), their.get(name));
                if (!agree && !same(our.get(name), base.get(name))) {
                    byOurs.add(Layers.layer(name));
                }
                if (!agree && !same(their.get(name), base.get(name))) {
                    byTheirs.add(Layers.layer(name));
                }
            }
            both = new LinkedHashSet<>(byOurs);
            both.retainAll(byTheirs);
        }

        boolean conflicts(String name) {
            return both.contains(Layers.layer(name));
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
            Set<Layers.Place> left = places(byOurs);
            Set<Layers.Place> right = places(byTheirs);
            List<MergePlan.Dependency> found = new ArrayList<>();
            for (Layers.Place a : left) {
                for (Layers.Place b : right) {
                    if (layers.dependent(a, b)) {
                        found.add(new MergePlan.Dependency(a.label(), b.label()));
                    }
                }
            }
            return found;
        }

        private Set<Layers.Place> places(Set<String> changed) {
            Set<Layers.Place> places = new LinkedHashSet<>();
            changed.stream()
                    .filter(layer -> !both.contains(layer))
                    .forEach(layer -> places.add(Layers.place(layer + ".w")));
            return places;
        }
    }

    private Changes changes() {
        Set<String> names = new LinkedHashSet<>(our.keySet());
        names.addAll(their.keySet());
        names.addAll(base.keySet());
        return new Changes(names);
    }

    private static boolean same(@Nullable TensorAt a, @Nullable TensorAt b) {
        return facts(a).equals(facts(b));
    }

    private record Facts(ObjectId object, Dtype dtype, List<Long> shape) {}

    private static Optional<Facts> facts(@Nullable TensorAt tensor) {
        return Optional.ofNullable(tensor)
                .map(known -> new Facts(
                        known.object(), known.spec().dtype(), known.spec().shape()));
    }

    /** How to make a tensor; empty, and noted, where nothing says how. */
    private Optional<Strategy> strategy(String name, Changes changes, Map<String, List<String>> unresolved) {
        TensorAt left = our.get(name);
        TensorAt right = their.get(name);
        if (same(left, right)) {
            return Optional.of(Strategy.of(Method.OURS));
        }
        boolean conflict = changes.conflicts(name);
        Optional<Strategy> ruled = rules.stream()
                .filter(rule -> rule.names().test(name) && (conflict || rule.everywhere()))
                .map(Rule::strategy)
                .findFirst();
        boolean oneSideLacksIt = left == null || right == null;
        if (ruled.isPresent() && !(oneSideLacksIt && !ruled.get().method().picks())) {
            return ruled;
        }
        if (conflict) {
            unresolved
                    .computeIfAbsent(Layers.layer(name), key -> new ArrayList<>())
                    .add(name);
            return Optional.empty();
        }
        return Optional.of(Strategy.of(same(left, base.get(name)) ? Method.THEIRS : Method.OURS));
    }

    private TensorOutput output(TensorAt target, Strategy strategy, List<Problem> problems) {
        String name = target.name();
        TensorOutput output = new TensorOutput(target, strategy, base.get(name), our.get(name), their.get(name));
        output.problem().ifPresent(problems::add);
        return output;
    }

    /** Tensors of the result that the layout has no place for. */
    private List<Problem> missing(Side layout, Changes changes, Map<String, List<String>> unresolved) {
        Map<String, TensorAt> has = layout == Side.OURS ? our : their;
        Method other = layout == Side.OURS ? Method.THEIRS : Method.OURS;
        Set<String> names = new TreeSet<>(layout == Side.OURS ? their.keySet() : our.keySet());
        names.removeAll(has.keySet());
        List<Problem> problems = new ArrayList<>();
        for (String name : names) {
            Optional<Strategy> strategy = strategy(name, changes, unresolved);
            if (strategy.filter(chosen -> chosen.method() == other).isPresent()) {
                String text = "the result needs the tensor '" + name + "', but " + word(layout) + " has no slot for it";
                problems.add(new Problem(Reason.STRUCTURE, text));
            }
        }
        return problems;
    }

    static String word(Side side) {
        return switch (side) {
            case BASE -> "the common ancestor";
            case OURS -> "our side";
            case THEIRS -> "their side";
        };
    }
}
