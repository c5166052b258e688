package dev.mgit.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Every command there is, by what it does: one that writes has a scenario in which it is killed and starved, one that
 * reads an example that is seen to change nothing. {@link EveryCommandTest} holds this against the table of commands, so
 * that a command cannot be added without.
 */
final class CommandScenarios {
    /**
     * A command line to be killed in a copy of {@link CrashRepository}.
     *
     * @param first commands that make the state it starts from; their end is taken for granted
     * @param words the command itself
     */
    record Scenario(List<List<String>> first, List<String> words) {
        static Scenario of(String line) {
            return new Scenario(List.of(), split(line));
        }

        /** Words from here on are one each, whatever they hold. */
        static Scenario of(String line, String... more) {
            List<String> words = new ArrayList<>(split(line));
            words.addAll(List.of(more));
            return new Scenario(List.of(), words);
        }

        Scenario after(List<String> command) {
            return new Scenario(List.of(command), words);
        }

        @Override
        public String toString() {
            return String.join(" ", words);
        }
    }

    /** Approvals hold for one folder, so they do not come along with a copy. */
    static final List<String> TRUSTED = split("hooks trust --all");

    private static final List<String> BISECT = split("bisect start trained trained~3");

    /** Those that make one model after the other, and keep what they made when they are stopped. */
    static final Set<String> ONE_BY_ONE = Set.of("import --mgit ../graph.json");

    /** Those that change nothing that can be seen. */
    static final Set<String> TIDYING = Set.of("gc --prune-older-than 0", "gc --repack --effort small");

    /** Approvals are part of what they do, and hold for one folder: none of the states shows in a copy of it. */
    static final Set<String> OF_ONE_FOLDER = Set.of(
            "test run --test size base",
            "hooks add notice --event post-commit --on none -- true",
            "hooks trust --all",
            "rerun made --check");

    /** One that keeps each step that it did, which none of the states before and after it shows. */
    static final Set<String> STEP_BY_STEP = Set.of("bisect run -- true");

    /** Commands that change a repository or write a file the user named: processes are killed in every build. */
    static final List<Scenario> KILLED_ALWAYS = List.of(
            Scenario.of("commit ../model --model fresh"),
            Scenario.of("checkout base out"),
            Scenario.of("checkout child dirty --force"),
            Scenario.of("gc --prune-older-than 0"));

    /** Those of which every build makes the disks that kills leave, which takes less than a process for each. */
    static final List<Scenario> REPLAYED_ALWAYS = List.of(
            Scenario.of("commit ../model --model base"),
            Scenario.of("merge trained child --model joined --strategy average"),
            Scenario.of("rm child"),
            Scenario.of("undo"),
            Scenario.of("import ../model"),
            Scenario.of("checkout base new"),
            Scenario.of("export child new"),
            Scenario.of("gc --drop-training-state --keep-last 1 --prune-older-than 0"),
            Scenario.of("mv base other"),
            Scenario.of("tag v2 base"));

    /** Those that every build only sees succeed; they are killed in a long run. */
    static final List<Scenario> KILLED_IN_LONG_RUNS = List.of(
            Scenario.of("commit --sparse ../patch.safetensors --from base~1 --model fresh"),
            Scenario.of("export child oci:new"),
            Scenario.of("gc --repack --effort small"),
            Scenario.of("config store.maxDepth 3"),
            Scenario.of("sign base --key ../key.pem"),
            Scenario.of("policy init"),
            Scenario.of("export child oci-archive:base.tar"),
            Scenario.of("export --sparse base child base.safetensors"),
            Scenario.of("edge rm child base"),
            Scenario.of("test add accuracy --on=all -- true"),
            Scenario.of("remote add origin ../models.git --store ../store"),
            Scenario.of("cost fit ../measured.csv --name base --profile ../written"),
            Scenario.of("commit --megatron ../megatron --model fresh"),
            Scenario.of("import --bom ../bom.json"),
            Scenario.of("import --mgit ../graph.json"),
            Scenario.of("branch side base~1"),
            Scenario.of("tag -d v1"),
            Scenario.of("edge add trained base distill"),
            Scenario.of("test run --test size base").after(TRUSTED),
            Scenario.of("test rm size"),
            Scenario.of("hooks add notice --event post-commit --on none -- true"),
            Scenario.of("hooks trust --all"),
            Scenario.of("hooks rm after"),
            Scenario.of("run --model fresh --from base --shell --", "cp $MGIT_PARENT_1/* {output}/"),
            Scenario.of("rerun made --check").after(TRUSTED),
            Scenario.of("recipe set child --", "true"),
            Scenario.of("eval import ../runs/evaluation --model base"),
            Scenario.of("plan-serving base --threads 2 --batch 2 --profile ../latencies.csv"),
            Scenario.of("sign --log --key ../key.pem"),
            Scenario.of("bundle base -o ../written"),
            Scenario.of("graph --format mermaid -o ../written"),
            Scenario.of("audit child --format cyclonedx -o ../written"),
            Scenario.of("bisect start trained trained~3"),
            Scenario.of("bisect good").after(BISECT),
            Scenario.of("bisect bad").after(BISECT),
            Scenario.of("bisect skip").after(BISECT),
            Scenario.of("bisect reset").after(BISECT),
            Scenario.of("bisect run --", "true").after(BISECT),
            Scenario.of("remote rm origin").after(split("remote add origin ../models.git")));

    /** All that are killed, each command as often as it has ways to write. */
    static final List<Scenario> WRITING = Stream.of(KILLED_ALWAYS, REPLAYED_ALWAYS, KILLED_IN_LONG_RUNS)
            .flatMap(List::stream)
            .toList();

    /** Commands between two repositories: {@link KilledExchangeTest} kills the first two in every build. */
    static final List<Scenario> EXCHANGING = List.of(
            Scenario.of("push"),
            Scenario.of("pull"),
            Scenario.of("fetch"),
            Scenario.of("clone ../models.git ../dan"),
            Scenario.of("gc --remote origin --exclusive"));

    /** Commands that are killed by a test of their own, since they run as long as somebody wants or in a place of theirs. */
    static final Map<String, Class<?>> ELSEWHERE = Map.of(
            "init", CrashPointsTest.class,
            "watch", WatchCommandTest.class,
            "update", KilledUpdateTest.class,
            "node", FarNodesTest.class,
            "serve", ServeCommandTest.class);

    /** Commands that change nothing, with an example of each. */
    static final List<Scenario> READING = List.of(
            Scenario.of("status"),
            Scenario.of("log"),
            Scenario.of("show base"),
            Scenario.of("diff base~1 base"),
            Scenario.of("inspect base"),
            Scenario.of("test report"),
            Scenario.of("test list"),
            Scenario.of("test show size"),
            Scenario.of("hooks list"),
            Scenario.of("hooks show after"),
            Scenario.of("recipe show made"),
            Scenario.of("blame child"),
            Scenario.of("impact base"),
            Scenario.of("find --model base"),
            Scenario.of("eval table base"),
            Scenario.of("eval diff child"),
            Scenario.of("eval blame quiz/acc child"),
            Scenario.of("cost base"),
            Scenario.of("verify base --key ../key.pub"),
            Scenario.of("verify-bundle ../lineage.bundle"),
            Scenario.of("policy show"),
            Scenario.of("policy check"),
            Scenario.of("policy explain base"),
            Scenario.of("bisect log"),
            Scenario.of("remote"),
            Scenario.of("remote list"),
            Scenario.of("remote show origin"),
            Scenario.of("du"),
            Scenario.of("fsck"),
            Scenario.of("doctor"),
            Scenario.of("op log"),
            Scenario.of("completion bash"),
            Scenario.of("__complete l"),
            Scenario.of("help log"));

    private CommandScenarios() {}

    static Scenario named(String words) {
        return WRITING.stream()
                .filter(scenario -> scenario.toString().equals(words))
                .findFirst()
                .orElseThrow();
    }

    /** The commands that a set of lines runs, by their full names. */
    static TreeSet<String> commandsOf(List<Scenario> scenarios, TreeSet<String> all) {
        TreeSet<String> found = new TreeSet<>();
        for (Scenario scenario : scenarios) {
            List<String> words = scenario.words();
            String both = String.join(" ", words.subList(0, Math.min(2, words.size())));
            found.add(all.contains(both) ? both : words.get(0));
        }
        return found;
    }

    private static List<String> split(String line) {
        return List.of(line.split(" "));
    }
}
