package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.contents;

import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What somebody does with a repository that was damaged without their knowing: they look, check versions out, commit, check
 * and repair. Whatever comes back is right or refused with a reason; what was wrong with it is gathered in {@link #wrong}.
 */
final class DamageTrial implements Trial {
    private final DamageRepository repository;
    private final Set<Integer> allowed;
    private final TrialCommands commands = new TrialCommands();
    private final List<String> wrong = commands.wrong();

    DamageTrial(DamageRepository repository, FileFault fault) {
        this.repository = repository;
        // A setting that is another now is still text of the user's, who is told that it does not do.
        this.allowed = fault.file().endsWith(".mgit/config") ? Set.of(0, 2, 6) : Set.of(0, 6);
    }

    @Override
    public List<String> wrong() {
        return wrong;
    }

    @Override
    public Outcome run() throws IOException {
        for (String line : List.of("status", "log", "log --all", "show base", "graph", "branch", "test list")) {
            command(line.split(" "));
        }
        Set<String> before = readable();
        byName("base");
        byName("child");
        Cli.Ran check = command("fsck");
        if (before.size() < repository.versions().size() && check.exit() == 0) {
            wrong.add("fsck is clean, and a version cannot be read");
        }
        commit();
        Cli.Ran repair = command("fsck", "--repair");
        Set<String> after = readable();
        if (!after.containsAll(before)) {
            wrong.add("the repair lost what could be read before");
        }
        if (repair.exit() == 0 && after.size() < repository.versions().size()) {
            wrong.add("the repair calls clean what cannot be read");
        }
        for (String id : repository.versions().keySet()) {
            if (!after.contains(id) && !repair.out().contains(id.substring(0, 7))) {
                wrong.add("the repair does not name a lost version: " + repair);
            }
        }
        if (repair.exit() == 0 && after.size() == repository.versions().size()) {
            byName("base");
        }
        return outcome(before, after);
    }

    private Outcome outcome(Set<String> before, Set<String> after) {
        int all = repository.versions().size();
        if (after.size() < all) {
            return Outcome.LOST;
        }
        return before.size() < all ? Outcome.REPAIRED : commands.noticed() ? Outcome.NAMED : Outcome.HARMLESS;
    }

    /** Checks every version out by its id; those that could be. */
    private Set<String> readable() throws IOException {
        Set<String> readable = new LinkedHashSet<>();
        for (Map.Entry<String, TreeMap<String, String>> version :
                repository.versions().entrySet()) {
            Path target = repository.folder().resolve("looked");
            Trees.delete(target);
            if (command("checkout", version.getKey(), target.toString()).exit() == 0) {
                readable.add(version.getKey());
                if (!contents(target).equals(version.getValue())) {
                    wrong.add("wrong bytes of version " + version.getKey());
                }
            }
        }
        return readable;
    }

    /** A model by its name is its newest version, or one that a warning is about. */
    private void byName(String model) throws IOException {
        Path target = repository.folder().resolve("named");
        Trees.delete(target);
        Cli.Ran ran = command("checkout", model, target.toString());
        if (ran.exit() == 0 && !ran.err().contains("warning: ")) {
            TreeMap<String, String> newest =
                    repository.versions().get(repository.heads().get(model));
            if (!contents(target).equals(newest)) {
                wrong.add("another version of " + model + " without a word");
            }
        }
    }

    /** What is committed now can be read now. */
    private void commit() throws IOException {
        Cli.Ran ran = command("commit", "../model", "--model", "again");
        if (ran.exit() == 0) {
            Path target = repository.folder().resolve("again");
            Trees.delete(target);
            Cli.Ran checkout = command("checkout", "again", target.toString());
            if (checkout.exit() != 0 || !contents(target).equals(contents(repository.model()))) {
                wrong.add("a commit was acknowledged that cannot be read: " + checkout);
            }
        }
    }

    private Cli.Ran command(String... words) {
        return commands.run(repository.root(), allowed, words);
    }
}
