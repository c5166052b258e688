package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.contents;

import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Work in progress whose records were damaged: a merge with a conflict, a bisection, an update stopped by a gate, a
 * checked-out folder with a change. It is taken up or given up; no version and no file of the user's is harmed.
 */
final class UnfinishedTrial implements Trial {
    private static final Set<Integer> ALLOWED = Set.of(0, 1, 2, 3, 4, 5, 6);

    private final DamageRepository repository;
    private final TrialCommands commands = new TrialCommands();

    UnfinishedTrial(DamageRepository repository) {
        this.repository = repository;
    }

    /** Begins all of it. */
    static void make(DamageRepository repository) throws IOException {
        TestRepository commands = repository.commands();
        commands.ok("checkout", "child", "changed");
        Files.writeString(repository.root().resolve("changed/config.json"), "{\"mine\": 1}");
        commands.ok("run", "--model", "made", "--from", "base", "--shell", "--", "cp $MGIT_PARENT_1/* {output}/");
        commands.ok(
                "test add gate --on made --event update --metric n:higher:min=9 --shell -- echo{\"n\":1}>$MGIT_METRICS"
                        .replace("echo{", "echo '{")
                        .replace("}>", "}' > ")
                        .split(" ", 12));
        repository.commit("base", 9);
        commands.run("update", "base", "--no-progress");
        commands.run("merge", "child", "trained", "--model", "joined");
        commands.ok("bisect", "start", "child", "child~1");
    }

    @Override
    public List<String> wrong() {
        return commands.wrong();
    }

    @Override
    public Outcome run() throws IOException {
        for (String line : List.of(
                "status",
                "status changed",
                "bisect log",
                "bisect good",
                "update --status",
                "update --continue --no-progress",
                "merge --continue --strategy ours",
                "checkout base changed",
                "update --abort",
                "merge --abort",
                "bisect reset",
                "commit ../model --model again",
                "fsck")) {
            commands.run(repository.root(), ALLOWED, line.split(" "));
        }
        commands.run(repository.root(), ALLOWED, "fsck", "--repair");
        for (Map.Entry<String, TreeMap<String, String>> version :
                repository.versions().entrySet()) {
            Path target = repository.folder().resolve("looked");
            Trees.delete(target);
            commands.run(repository.root(), Set.of(0), "checkout", version.getKey(), target.toString());
            if (!Files.isDirectory(target) || !contents(target).equals(version.getValue())) {
                wrong().add("version " + version.getKey() + " cannot be read or is another");
            }
        }
        requireMine();
        return commands.noticed() ? Outcome.NAMED : Outcome.HARMLESS;
    }

    /** The user's own change is where it was, or beside it under the name that a checkout gives it. */
    private void requireMine() throws IOException {
        Path folder = repository.root().resolve("changed");
        for (String name : List.of("config.json", "config.json.orig")) {
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file) && Files.readString(file).equals("{\"mine\": 1}")) {
                return;
            }
        }
        wrong().add("the user's change is gone from " + folder);
    }
}
