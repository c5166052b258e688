package dev.mgit.cli;

import dev.mgit.fixtures.Trees;
import java.nio.file.Files;
import java.nio.file.Path;

/** What these commands load goes into the class archive of the processes that tests start. */
public final class ShortCommands {
    private ShortCommands() {}

    /** Runs a few commands on a repository of its own. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("mgit-short-commands");
        Path model = folder.resolve("model");
        TestRepository repository = TestRepository.init(folder.resolve("repo"));
        for (int version = 0; version < 2; version++) {
            TestRepository.weights(model.resolve("model.safetensors"), version, 1000);
            repository.ok("commit", model.toString(), "--model", "base", "--no-progress");
        }
        repository.ok("tag", "v1", "base");
        repository.ok("log", "--json");
        repository.ok("show", "base");
        repository.ok("checkout", "base", "out");
        repository.ok("status");
        repository.ok("gc", "--prune-older-than", "0");
        repository.ok("fsck");
        Trees.delete(folder);
    }
}
