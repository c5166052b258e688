package dev.mgit.bench.detect;

import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.fixtures.LabelledSet;
import dev.mgit.fixtures.LabelledSet.Family;
import dev.mgit.fixtures.LabelledSet.Member;
import dev.mgit.fixtures.RealModel;
import dev.mgit.fixtures.RealModels;
import dev.mgit.lineage.detect.Detected;
import dev.mgit.lineage.detect.ModelSketch;
import dev.mgit.lineage.detect.OriginSearch;
import dev.mgit.lineage.detect.Subject;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Counts of right and wrong answers. */
public final class DetectScore {
    /** Answers for one sort of member. */
    private static final class Tally {
        int all;
        int right;
        int abstained;
        final Map<String, Integer> kinds = new TreeMap<>();
        int rightKind;
    }

    private final Map<String, Tally> bySort = new TreeMap<>();
    private int strangers;
    private int strangersClaimed;
    private int members;
    private int right;

    /** Adds families member by member to one index, asking for the origin of each first. */
    public void insert(List<Family> families, Path folder) throws IOException {
        var library = new SketchLibrary(folder);
        for (Family family : families) {
            Map<String, VersionId> ids = new HashMap<>();
            for (Member member : family.members()) {
                ModelSketch sketch = SketchLibrary.sketch(member.model());
                Optional<Detected> found = library.originOf(sketch);
                List<VersionId> truth = member.parents().stream().map(ids::get).toList();
                count(member, found, truth);
                ids.put(member.name(), library.add(sketch, truth));
            }
        }
    }

    private void count(Member member, Optional<Detected> found, List<VersionId> truth) {
        if (truth.isEmpty()) {
            strangers++;
            strangersClaimed += found.isPresent() ? 1 : 0;
            return;
        }
        Tally tally = bySort.computeIfAbsent(
                member.name().startsWith("tuned") ? "tuned" : member.name().replaceFirst(" [0-9]$", ""),
                sort -> new Tally());
        tally.all++;
        members++;
        if (found.isEmpty()) {
            tally.abstained++;
            return;
        }
        List<VersionId> parents = found.get().parents().stream()
                .flatMap(parent -> parent.version().stream())
                .toList();
        boolean isRight = parents.size() == truth.size() && parents.containsAll(truth);
        tally.right += isRight ? 1 : 0;
        right += isRight ? 1 : 0;
        String kind = found.get().kind().word();
        tally.kinds.merge(kind, 1, Integer::sum);
        tally.rightKind += member.kinds().contains(kind) ? 1 : 0;
    }

    /** Asks for the origin of models that have none here. */
    public void unrelated(int count, Path folder) throws IOException {
        var library = new SketchLibrary(folder);
        for (int i = 0; i < count; i++) {
            strangers++;
            strangersClaimed += library.originOf(SketchLibrary.sketch(LabelledSet.unrelated(i)))
                            .isPresent()
                    ? 1
                    : 0;
        }
    }

    /** Share of members whose parents, all of them and no others, were found. */
    public double rightParents() {
        return (double) right / members;
    }

    /** Share of roots and strangers that no parent was claimed for. */
    public double rightStrangers() {
        return 1 - (double) strangersClaimed / strangers;
    }

    void print(Output output) {
        Table table = output.table("sort", "members", "right parent", "none found", "right kind", "kinds found");
        bySort.forEach((sort, tally) -> table.row(
                sort,
                tally.all,
                percent(tally.right, tally.all),
                percent(tally.abstained, tally.all),
                percent(tally.rightKind, tally.all),
                tally.kinds));
        table.print();
        output.line(String.format(
                Locale.ROOT,
                "right parent: %.1f%% of %d, %s (goal 98%%)",
                100 * rightParents(),
                members,
                Interval.of(right, members)));
        output.line(String.format(
                Locale.ROOT,
                "false parents: %.1f%% of %d roots and strangers, %s (goal: under 1%%)",
                100 * (1 - rightStrangers()),
                strangers,
                Interval.of(strangersClaimed, strangers)));
    }

    /** How many edges, of those found between the right two models, point the right way. */
    public record Directions(int edges, int found, int right) {}

    static void direction(Table table, String sort, List<Family> families) throws IOException {
        Directions directions = directions(families);
        table.row(
                sort,
                directions.edges(),
                percent(directions.found(), directions.edges()),
                percent(directions.right(), directions.found()));
    }

    /** Reads whole families, in no order. Members that are their parents' twins have no direction and are left out. */
    public static Directions directions(List<Family> families) throws IOException {
        int edges = 0;
        int found = 0;
        int right = 0;
        for (Family family : families) {
            List<Member> members =
                    family.members().stream().filter(member -> !member.twin()).toList();
            List<Optional<Detected>> origins = origins(members);
            for (int i = 0; i < members.size(); i++) {
                edges += members.get(i).parents().size();
                for (Detected.Parent parent :
                        origins.get(i).map(Detected::parents).orElse(List.of())) {
                    Member other = members.get(parent.fresh().orElseThrow());
                    boolean forwards = members.get(i).parents().contains(other.name());
                    boolean backwards = other.parents().contains(members.get(i).name());
                    found += forwards || backwards ? 1 : 0;
                    right += forwards ? 1 : 0;
                }
            }
        }
        return new Directions(edges, found, right);
    }

    static List<Optional<Detected>> origins(List<Member> members) throws IOException {
        List<Subject> subjects = new ArrayList<>();
        for (Member member : members) {
            subjects.add(new Subject("fresh", Optional.empty(), SketchLibrary.sketch(member.model()), false));
        }
        return OriginSearch.of(subjects, new SketchLibrary(Path.of("nowhere")));
    }

    static void real(Output output) throws IOException {
        List<RealModel> family = RealModels.family();
        List<Subject> subjects = new ArrayList<>();
        for (RealModel model : family) {
            subjects.add(new Subject("fresh", Optional.empty(), SketchLibrary.sketch(model.folder()), false));
        }
        List<Optional<Detected>> origins = OriginSearch.of(subjects, new SketchLibrary(Path.of("nowhere")));
        Table table = output.table("model", "found", "confidence", "truth");
        for (int i = 0; i < family.size(); i++) {
            Optional<Detected> origin = origins.get(i);
            table.row(
                    family.get(i).name(),
                    origin.map(found -> found.kind().word() + " of "
                                    + family.get(found.parents().get(0).fresh().orElseThrow())
                                            .name())
                            .orElse("no parent"),
                    origin.map(found -> String.format(Locale.ROOT, "%.2f", found.confidence()))
                            .orElse("-"),
                    family.get(i).parent().map(parent -> "of " + parent).orElse("no parent"));
        }
        table.print();
    }

    private static String percent(int part, int whole) {
        return whole == 0 ? "-" : Output.percent((double) part / whole);
    }
}
