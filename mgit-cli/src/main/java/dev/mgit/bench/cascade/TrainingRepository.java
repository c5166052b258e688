package dev.mgit.bench.cascade;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import dev.mgit.fixtures.DigitsExample;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.RepositoryWorkspace;
import dev.mgit.hooks.cascade.UpdateOptions;
import dev.mgit.hooks.cascade.UpdateReport;
import dev.mgit.hooks.cascade.Updates;
import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.executor.LocalExecutor;
import dev.mgit.hooks.modeltest.Event;
import dev.mgit.hooks.modeltest.MetricRule;
import dev.mgit.hooks.modeltest.Selector;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.hooks.modeltest.TestRegistry;
import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.hooks.modeltest.TestRunner;
import dev.mgit.hooks.modeltest.Verdict;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.RecipeRunner;
import dev.mgit.hooks.recipe.RunRequest;
import dev.mgit.lineage.maintain.DiskUsage;
import dev.mgit.lineage.maintain.DiskUsageReport;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.User;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** A repository with the digits program in it: models are trained by recipes, tested, and updated, as a user would. */
final class TrainingRepository {
    private static final Person AUTHOR = new Person("mgit bench", "bench@localhost");
    private static final Duration WAIT = Duration.ofMinutes(10);
    private static final String DATA = DigitsExample.FOLDER + "/digits.csv.gz";
    private static final String TEST = "changes";

    private final Path root;
    private final Map<String, String> environment;
    private final int jobs;

    /** @param environment what the program's processes start from */
    TrainingRepository(Path root, Map<String, String> environment, int jobs) throws IOException {
        this.root = root;
        this.environment = environment;
        this.jobs = jobs;
        Repository.init(root).close();
        DigitsExample.writeTo(root);
        try {
            DigitsExample.compile(root);
        } catch (IllegalStateException e) {
            throw MgitException.failed("cannot build the digits program: " + e.getMessage());
        }
    }

    /** Work with the repository. Each thread opens it for itself: a workspace holds one lock at a time. */
    private interface Work<T> {
        T with(Repository repository, RepositoryWorkspace workspace) throws IOException;
    }

    private <T> T open(Work<T> work) {
        try (Repository repository = Repository.open(root, User.withState(root.resolve("state")))) {
            return work.with(repository, new RepositoryWorkspace(repository, AUTHOR, environment, WAIT, notice -> {}));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> command(List<String> arguments) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        // Short runs: the optimising compiler would only just have begun.
        Stream<String> program =
                Stream.of(java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", ".", "digits.Digits");
        return Stream.concat(program, arguments.stream()).toList();
    }

    /** Carries out trainings that do not depend on each other. */
    void train(List<Training> trainings) {
        List<Callable<Boolean>> tasks = new ArrayList<>();
        trainings.forEach(training -> tasks.add(() -> open((repository, workspace) -> {
            List<Recipe.Parent> parents = training.parents().stream()
                    .map(parent -> new Recipe.Parent(parent, workspace.lineage().resolve(parent), training.kind()))
                    .toList();
            var request = new RunRequest(
                    training.models(),
                    parents,
                    String.join(" ", training.arguments()),
                    Map.of("data", root.resolve(DATA)),
                    Map.of(),
                    Optional.empty(),
                    Limits.NONE,
                    root,
                    false,
                    command(training.arguments()));
            return !new RecipeRunner(workspace, new LocalExecutor())
                    .run(request, JobProgress.NONE)
                    .isEmpty();
        })));
        try {
            TaskPool.runAll(jobs, tasks);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Registers the test of models on all changes as a gate of updates, for each model by its name. */
    void registerTests(List<String> models) {
        List<MetricRule> metrics = Stream.concat(
                        Stream.of("accuracy:higher"), Tasks.CHANGES.stream().map(change -> metric(change) + ":higher"))
                .map(MetricRule::parse)
                .toList();
        open((repository, workspace) -> {
            var registry = new TestRegistry(workspace);
            for (String model : models) {
                registry.add(new TestDefinition(
                        test(model),
                        new Selector(model),
                        Event.UPDATE,
                        metrics,
                        Limits.NONE,
                        List.of(DATA),
                        false,
                        command(List.of("evaluate", "--on", "all", "--each", "yes"))));
            }
            return true;
        });
    }

    private static String test(String model) {
        return TEST + "-" + model.replace('/', '-');
    }

    private static String metric(String change) {
        return "accuracy-" + change;
    }

    /** The share of right answers of each model's newest version on each change, where it has not been measured yet. */
    Accuracies evaluate(List<String> models) {
        return open((repository, workspace) -> {
            var registry = new TestRegistry(workspace);
            Map<VersionId, List<TestDefinition>> plan = new LinkedHashMap<>();
            models.forEach(model -> plan.put(workspace.lineage().resolve(model), List.of(registry.get(test(model)))));
            var runner = new TestRunner(workspace, new LocalExecutor(), new TestResults(workspace));
            List<Verdict> verdicts = runner.runAll(plan, false, jobs, JobProgress.NONE);
            List<List<Double>> values =
                    verdicts.stream().map(TrainingRepository::accuracies).toList();
            return new Accuracies(models, values);
        });
    }

    private static List<Double> accuracies(Verdict verdict) {
        if (!verdict.passed()) {
            throw MgitException.failed("test " + verdict.test().name() + " " + verdict.text());
        }
        Map<String, Double> metrics = verdict.result().metrics();
        return Tasks.CHANGES.stream()
                .map(change -> metrics.getOrDefault(metric(change), Double.NaN))
                .toList();
    }

    /** Updates everything below a model; returns how many recipes ran. */
    int update(String model) {
        return open((repository, workspace) -> {
            var updates = new Updates(workspace, new LocalExecutor(), JobProgress.NONE);
            var options = new UpdateOptions(model, List.of(), List.of(), List.of(), List.of(), jobs, false);
            UpdateReport report = updates.start(updates.plan(options), options);
            if (report.failure().isPresent()) {
                throw MgitException.failed("the update of '" + model + "' failed: " + report.lines());
            }
            return report.lines().size();
        });
    }

    /** Where the bytes are. */
    DiskUsageReport usage() {
        return open((repository, workspace) ->
                new DiskUsage(repository, dev.mgit.lineage.checkpoint.CopyProgress.none()).measure(List.of()));
    }
}
