package dev.mgit.hooks.eval;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Glob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Finds what harnesses left below a folder. */
public final class HarnessRuns {
    /** Below {@code benchmark_output}: {@code runs/SUITE/RUN}. */
    private static final int DEPTH = 5;

    private static final Set<String> PASSED_OVER = Set.of("eval_cache", "groups");

    private HarnessRuns() {}

    /**
     * Reads every run below a folder, or one results file of lm-evaluation-harness. Where a folder has the results of
     * several dates, a task's latest counts.
     *
     * @param only which scenarios
     * @throws MgitException if there is none, if they are of several models, or if one cannot be believed
     */
    public static List<HarnessRun> read(Path path, Glob only) throws IOException {
        List<HarnessRun> runs = new ArrayList<>();
        for (Path place : places(path)) {
            List<HarnessRun> found =
                    Files.isDirectory(place) ? List.of(HelmReader.read(place)) : LmEvalReader.read(place);
            found.stream().filter(run -> only.test(run.scenario())).forEach(runs::add);
        }
        if (runs.isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "no evaluation in '" + path + "'" + (only.equals(Glob.ALL) ? "" : " matches " + only),
                    "name a folder with HELM's run_spec.json and stats.json, or lm-eval's results_*.json");
        }
        requireOneModel(runs);
        return latest(runs);
    }

    private static List<Path> places(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new MgitException(MgitException.Kind.USAGE, "'" + path + "' does not exist");
        }
        if (LmEvalReader.isResults(path)) {
            return List.of(path);
        }
        try (Stream<Path> all = Files.walk(path, DEPTH)) {
            return all.filter(
                            place -> Files.isDirectory(place) ? HelmReader.isRun(place) : LmEvalReader.isResults(place))
                    .filter(place -> !passedOver(path.relativize(place)))
                    .sorted()
                    .toList();
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean passedOver(Path place) {
        for (Path part : place) {
            if (PASSED_OVER.contains(part.toString())) {
                return true;
            }
        }
        return false;
    }

    private static void requireOneModel(List<HarnessRun> runs) {
        Set<String> models = new TreeSet<>();
        runs.stream().map(HarnessRun::model).forEach(models::add);
        if (models.size() > 1) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "these evaluations are of several models: "
                            + String.join(", ", models.stream().limit(5).toList()),
                    "import each model's folder for its own version");
        }
    }

    /** Files of one folder come in order of their dates. */
    private static List<HarnessRun> latest(List<HarnessRun> runs) {
        Map<String, HarnessRun> latest = new HashMap<>();
        for (HarnessRun run : runs) {
            Optional<HarnessRun> before = Optional.ofNullable(latest.put(run.harness() + " " + run.scenario(), run));
            if (before.isPresent() && run.harness().equals("helm")) {
                throw new MgitException(
                        MgitException.Kind.FAILED,
                        "'" + before.get().where() + "' and '" + run.where() + "' are of the same scenario "
                                + run.scenario(),
                        "import one suite at a time");
            }
        }
        return runs.stream().filter(latest::containsValue).toList();
    }
}
