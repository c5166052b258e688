package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.contents;

import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Files that are handed on, a bundle and a sparse update: what was damaged on its way is refused, and nothing is changed. */
final class HandedOnTrial implements Trial {
    private static final Set<Integer> ALLOWED = Set.of(0, 1, 2, 6);

    private final DamageRepository repository;
    private final DamageRepository sound;
    private final TrialCommands commands = new TrialCommands();

    HandedOnTrial(DamageRepository repository, DamageRepository sound) {
        this.repository = repository;
        this.sound = sound;
    }

    /** Writes the files. */
    static void make(DamageRepository repository) {
        repository.commands().ok("bundle", "child", "--output", "../child.bundle");
        repository.commands().ok("export", "--sparse", "base~1", "base", "../update.safetensors");
    }

    @Override
    public List<String> wrong() {
        return commands.wrong();
    }

    @Override
    public Outcome run() throws IOException {
        Path bundle = repository.folder().resolve("child.bundle");
        int verified = commands.run(repository.root(), ALLOWED, "verify-bundle", bundle.toString())
                .exit();
        if (verified == 0 && isChanged("child.bundle")) {
            wrong().add("a bundle that was changed is called whole");
        }
        Path update = repository.folder().resolve("update.safetensors");
        String[] commit = {"commit", "--sparse", update.toString(), "--from", "base~1", "--model", "updated"};
        if (commands.run(repository.root(), ALLOWED, commit).exit() == 0) {
            Path target = repository.folder().resolve("updated");
            Trees.delete(target);
            commands.run(repository.root(), Set.of(0), "checkout", "updated", target.toString());
            Path weights = target.resolve("a.safetensors");
            String right =
                    repository.versions().get(repository.heads().get("base")).get("a.safetensors");
            if (!right.equals(contents(target).get("a.safetensors"))) {
                wrong().add("a sparse update that was changed made " + weights);
            }
        }
        commands.run(repository.root(), Set.of(0), "fsck");
        return isChanged("child.bundle") || isChanged("update.safetensors") ? Outcome.NAMED : Outcome.HARMLESS;
    }

    private boolean isChanged(String name) throws IOException {
        Path now = repository.folder().resolve(name);
        return !Files.isRegularFile(now) || Files.mismatch(now, sound.folder().resolve(name)) >= 0;
    }
}
