package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.contents;
import static dev.mgit.cli.TestRepository.weights;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.GitServers;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;

/**
 * A small repository to be damaged: versions in packs and in loose objects, predicted and not, notes, a tag, a checked-out
 * folder, a remote that has the older ones, and a copy of all of it as it was before the newer ones.
 *
 * @param versions what each version holds, by its id
 * @param heads the newest version of each model
 */
record DamageRepository(
        Path folder, Path older, TreeMap<String, TreeMap<String, String>> versions, TreeMap<String, String> heads) {
    private static final int ELEMENTS = 1500;

    static DamageRepository make(Path folder) throws IOException {
        Path made = Files.createDirectories(folder.resolve("made"));
        var repository = new DamageRepository(made, folder.resolve("older"), new TreeMap<>(), new TreeMap<>());
        TestRepository commands =
                TestRepository.init(Files.createDirectories(made).resolve("repo"));
        commands.ok("config", "user.name", "Ada");
        repository.commit("base", 0);
        repository.commit("base", 1);
        repository.commit("child", 2, "--from", "base");
        commands.ok("tag", "v1", "base~1");
        commands.ok("test", "add", "size", "--on", "base", "--shell", "--", "echo '{\"n\":1}' > $MGIT_METRICS");
        commands.ok("checkout", "base~1", "out");
        GitServers.bare(made.resolve("models.git"));
        commands.ok("remote", "add", "origin", "../models.git", "--store", "../store");
        commands.ok("push");
        commands.ok("gc", "--prune-older-than", "0");
        Trees.copy(made, repository.older());
        repository.commit("child", 3);
        repository.commit("trained", 4, "--from", "base");
        commands.ok("edge", "add", "trained", "base~1", "distill");
        commands.ok("graph");
        return repository;
    }

    void commit(String model, int seed, String... more) throws IOException {
        weights(model().resolve("a.safetensors"), seed, ELEMENTS);
        weights(model().resolve("b.safetensors"), 7, ELEMENTS);
        Files.writeString(model().resolve("config.json"), "{\"layers\": " + seed + "}");
        String[] words = new String[4 + more.length];
        System.arraycopy(new String[] {"commit", "../model", "--model", model}, 0, words, 0, 4);
        System.arraycopy(more, 0, words, 4, more.length);
        commands().ok(words);
        JsonObject shown = commands().json("show", model, "--json");
        versions.put(shown.string("id"), contents(model()));
        heads.put(model, shown.string("id"));
    }

    /** Where a remote keeps parameters, as a clone beside the repository is told. */
    String store(String remote) throws IOException {
        String settings = Files.readString(root().resolve(".mgit/config"));
        String ofRemote = settings.substring(settings.indexOf("[remote \"" + remote + "\"]"));
        return ofRemote.replaceFirst("(?s).*?store = (\\S+).*", "$1");
    }

    Path root() {
        return folder.resolve("repo");
    }

    Path model() {
        return folder.resolve("model");
    }

    TestRepository commands() {
        return new TestRepository(root());
    }

    /** The same elsewhere; what was there goes. */
    DamageRepository copyTo(Path target) throws IOException {
        Trees.delete(target);
        Trees.copy(folder, target);
        Path config = target.resolve("repo/.mgit/config"); // says where the remote is
        Files.writeString(config, Files.readString(config).replace(folder.toString(), target.toString()));
        return new DamageRepository(target, older, versions, heads);
    }
}
