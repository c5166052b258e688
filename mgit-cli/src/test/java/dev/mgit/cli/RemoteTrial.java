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
 * What a team does with a remote that was damaged: it clones, fetches and pushes. Nobody gets a wrong byte, and what
 * somebody has already stays as it is.
 */
final class RemoteTrial implements Trial {
    private static final Set<Integer> OWN = Set.of(0);
    /** A reference that went elsewhere is one that others moved, which a push says. */
    private static final Set<Integer> ALLOWED = Set.of(0, 5, 6, 7);

    private final DamageRepository repository;
    private final String remote;
    private final TrialCommands commands = new TrialCommands();

    /** @param remote the name of the damaged one */
    RemoteTrial(DamageRepository repository, String remote) {
        this.repository = repository;
        this.remote = remote;
    }

    @Override
    public List<String> wrong() {
        return commands.wrong();
    }

    @Override
    public Outcome run() throws IOException {
        Set<String> before = cloned("cloned");
        commands.run(repository.root(), ALLOWED, "fetch", remote);
        commands.run(repository.root(), OWN, "commit", "../model", "--model", "more");
        boolean pushed =
                commands.run(repository.root(), ALLOWED, "push", remote).exit() == 0;
        commands.run(repository.root(), ALLOWED, "push", "--check-store", remote);
        Set<String> after = cloned("again");
        own();
        if (!after.containsAll(before)) {
            wrong().add("a push lost what could be read before");
        }
        if (pushed && after.size() == repository.versions().size()) {
            require(repository.folder().resolve("again"), "more", contents(repository.model()));
        }
        int all = repository.versions().size();
        if (after.size() < all) {
            return Outcome.LOST;
        }
        return before.size() < all ? Outcome.REPAIRED : commands.noticed() ? Outcome.NAMED : Outcome.HARMLESS;
    }

    /** Clones, and checks every version out; those that could be. */
    private Set<String> cloned(String name) throws IOException {
        Set<String> readable = new LinkedHashSet<>();
        Path clone = repository.folder().resolve(name);
        String store = repository.store(remote);
        if (commands.run(repository.folder(), ALLOWED, "clone", "models.git", name, "--store", store)
                        .exit()
                == 0) {
            for (Map.Entry<String, TreeMap<String, String>> version :
                    repository.versions().entrySet()) {
                if (require(clone, version.getKey(), version.getValue())) {
                    readable.add(version.getKey());
                }
            }
        }
        return readable;
    }

    /** What is checked out is right, or nothing is. */
    private boolean require(Path root, String revision, TreeMap<String, String> files) throws IOException {
        Path target = repository.folder().resolve("looked");
        Trees.delete(target);
        // A version that the remote has no reference to any more was not cloned: to a clone it is no revision.
        boolean done = Cli.run(root, "show", revision).exit() == 0
                && commands.run(root, ALLOWED, "checkout", revision, target.toString())
                                .exit()
                        == 0;
        if (done && !contents(target).equals(files)) {
            wrong().add("wrong bytes of version " + revision);
        }
        return done;
    }

    private void own() throws IOException {
        for (Map.Entry<String, TreeMap<String, String>> version :
                repository.versions().entrySet()) {
            if (!require(repository.root(), version.getKey(), version.getValue())) {
                wrong().add("the remote's damage reached version " + version.getKey() + " here");
            }
        }
        commands.run(repository.root(), OWN, "fsck");
    }
}
