package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.contents;
import static dev.mgit.cli.TestRepository.weights;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.checkpoint.CheckoutRequest;
import dev.mgit.lineage.checkpoint.Checkouts;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Tag;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A small repository with something of everything, to be copied, crashed and looked at: models with versions, parents
 * and garbage, a tag, two checked-out folders of which one was changed, and beside it a folder to commit. All made.
 */
record CrashRepository(Path folder) {
    private static final int ELEMENTS = 6000;

    /** What a user can see of a repository, without what differs from run to run: ids and times. */
    record State(
            TreeMap<String, String> models,
            TreeMap<String, String> tags,
            List<String> registered,
            TreeMap<String, Integer> notes,
            String hooks,
            TreeMap<String, String> files,
            String config) {
        /** The same with other models. */
        State with(TreeMap<String, String> others) {
            return new State(others, tags, registered, notes, hooks, files, config);
        }
    }

    /** What a repository registers, and what is noted of its versions, by the folders and namespaces they are in. */
    private static final List<String> REGISTRIES = List.of("tests", "hooks", "checkpoints");

    private static final String POLICY = "policy.json";
    private static final List<String> NOTES = List.of(
            "tests",
            "recipes",
            "edges",
            "evaluations",
            "evaluation-instances",
            "statements",
            "signatures",
            "serving-plans",
            "dropped");

    static CrashRepository make(Path folder) throws IOException {
        var made = new CrashRepository(folder);
        Path model = made.model();
        Files.createDirectories(model);
        TestRepository repository = TestRepository.init(made.root());
        Files.writeString(model.resolve("config.json"), "{}");
        for (int version = 0; version < 2; version++) {
            weights(model.resolve("a.safetensors"), version, ELEMENTS);
            weights(model.resolve("b.safetensors"), 7, ELEMENTS);
            repository.ok("commit", model.toString(), "--model", "base");
        }
        weights(model.resolve("a.safetensors"), 2, ELEMENTS);
        repository.ok("commit", model.toString(), "--model", "child", "--from", "base");
        Path run = Files.createDirectories(folder.resolve("run"));
        for (int step = 0; step < 4; step++) {
            weights(run.resolve("a.safetensors"), 7, ELEMENTS);
            weights(run.resolve("optimizer.safetensors"), 10 + step, ELEMENTS);
            repository.ok("commit", run.toString(), "--model", "trained");
        }
        weights(model.resolve("a.safetensors"), 3, ELEMENTS);
        repository.ok("commit", model.toString(), "--model", "gone");
        repository.ok("tag", "v1", "base~1");
        repository.ok("export", "--sparse", "base~1", "base", "../patch.safetensors");
        repository.ok("checkout", "base~1", "out");
        repository.ok("checkout", "base", "dirty");
        Files.writeString(made.root().resolve("dirty/config.json"), "{\"changed\":1}");
        made.writeInputs();
        repository.ok("rm", "gone");
        weights(model.resolve("a.safetensors"), 4, ELEMENTS);
        return made;
    }

    /** What commands that take more than weights are given, beside the repository and in it. */
    private void writeInputs() throws IOException {
        TestRepository repository = commands();
        repository.ok("test", "add", "size", "--on", "base", "--shell", "--", "echo '{\"n\":1}' > $MGIT_METRICS");
        repository.ok("hooks", "add", "after", "--event", "post-commit", "--on", "nothing", "--", "true");
        repository.ok("run", "--model", "made", "--from", "base", "--shell", "--", "cp $MGIT_PARENT_1/* {output}/");
        repository.ok("edge", "add", "trained", "base", "distill");
        Files.writeString(folder.resolve("bom.json"), repository.ok("audit", "trained", "--format", "cyclonedx"));
        repository.ok("edge", "rm", "trained", "base");
        new EvaluatedFamily(repository).run("evaluation", 0, 1, 0, 1);
        Files.writeString(
                folder.resolve("measured.csv"), "prompt,output,seconds\n8,1,1\n8,11,2\n8,21,3\n16,1,1.5\n16,11,2.5\n");
        Files.writeString(folder.resolve("latencies.csv"), "threads,batch,seconds\n1,1,0.1\n2,2,0.1\n");
        Files.copy(Path.of(SigningKeys.file("signer.pem")), folder.resolve("key.pem"));
        Files.copy(Path.of(SigningKeys.file("signer.pub")), folder.resolve("key.pub"));
        MegatronSaves.unpack("tp2", folder.resolve("megatron"));
        weights(folder.resolve("published/old/model.safetensors"), 20, ELEMENTS);
        weights(folder.resolve("published/new/model.safetensors"), 21, ELEMENTS);
        Files.writeString(
                folder.resolve("graph.json"),
                "{\"root\": [\"published/old\"], \"nodes\": {" + node("published/old", "\"\"") + ", "
                        + node("published/new", "\"published/old\"") + "}, \"log\": {}, \"model_type_to_tests\": {}, "
                        + "\"test_dict\": {}, \"param_home\": \"./parameter_store/\"}");
    }

    private static String node(String name, String parent) {
        return "\"" + name + "\": {\"output_dir\": \"" + name + "\", \"model_type\": \"m\", \"is_delta\": false, "
                + "\"test_name_list\": [], \"test_result_dict\": {}, \"model_init_function_path\": \"x.py\", "
                + "\"parent_dict\": {\"adapted\": [" + (parent.equals("\"\"") ? "" : parent) + "], \"versioned\": []}}";
    }

    Path root() {
        return folder.resolve("repo");
    }

    private Path model() {
        return folder.resolve("model");
    }

    TestRepository commands() {
        return new TestRepository(root());
    }

    /** The same elsewhere, file times included; what was there goes. */
    CrashRepository copyTo(Path target) throws IOException {
        Trees.delete(target);
        Trees.copy(folder, target);
        return new CrashRepository(target);
    }

    /** Checks everything and every version out; the repository is no longer the same afterwards. */
    /** Whether the last record of the operation log is of moves that are not known to be made. */
    boolean referencesAreMoving() throws IOException {
        List<String> lines = Files.readAllLines(root().resolve(".mgit/operations"), StandardCharsets.ISO_8859_1);
        return lines.get(lines.size() - 1).contains("\"changes\":");
    }

    State look() throws IOException {
        commands().ok("status");
        commands().ok("fsck");
        commands().ok("op", "log");
        var models = new TreeMap<String, String>();
        var tags = new TreeMap<String, String>();
        var seen = new TreeMap<String, String>();
        for (String name : List.of("out", "dirty", "new")) {
            if (Files.exists(root().resolve(name))) {
                seen.put(name, contents(root().resolve(name)).toString());
            }
        }
        List<Path> files = List.of(
                folder.resolve("written"),
                root().resolve("base.tar"),
                root().resolve("base.safetensors"),
                root().resolve(".mgit/bisect"));
        for (Path file : files) {
            if (Files.exists(file)) {
                seen.put(file.getFileName().toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        String hooks = commands().ok("hooks", "list");
        var registered = new ArrayList<String>();
        var notes = new TreeMap<String, Integer>();
        try (Repository repository = Repository.open(root())) {
            REGISTRIES.forEach(name -> registered.addAll(repository.lineage().registryFiles(name)));
            repository.lineage().registryFile(POLICY).ifPresent(policy -> registered.add(POLICY));
            NOTES.forEach(
                    name -> notes.put(name, repository.lineage().notes(name).size()));
            Map<VersionId, String> known = new TreeMap<>((a, b) -> a.hex().compareTo(b.hex()));
            for (Model model : repository.lineage().models()) {
                models.put(model.name(), history(repository, model.head(), known));
            }
            for (Tag tag : repository.lineage().tags()) {
                tags.put(tag.name(), checkedOut(repository, tag.version(), known));
            }
        }
        return new State(
                models, tags, registered, notes, hooks, seen, Files.readString(root().resolve(".mgit/config")));
    }

    private String history(Repository repository, VersionId head, Map<VersionId, String> known) throws IOException {
        var text = new StringBuilder();
        for (Optional<VersionId> at = Optional.of(head); at.isPresent(); ) {
            Version version = repository.lineage().version(at.get());
            text.append(version.model()).append(' ').append(checkedOut(repository, at.get(), known));
            version.origins()
                    .forEach(edge -> text.append(" from ").append(edge.model()).append(edge.kind()));
            text.append('\n');
            at = version.previous();
        }
        return text.toString();
    }

    private String checkedOut(Repository repository, VersionId id, Map<VersionId, String> known) throws IOException {
        String before = known.get(id);
        if (before == null) {
            Path target = Files.createTempDirectory(folder, "look").resolve("out");
            new Checkouts(repository, CopyProgress.none()).checkout(CheckoutRequest.whole(id, "any", target));
            before = contents(target).toString();
            known.put(id, before);
        }
        return before;
    }

    /** After one more command and a clean-up nothing is left of a crash, but a run's folder, which is kept to be looked at. */
    void requireTidy() throws IOException {
        commands().ok("gc");
        commands().ok("fsck");
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.map(folder::relativize)
                            .map(Path::toString)
                            .filter(file -> !file.contains("/hooks/runs/"))
                            .filter(file -> file.matches(
                                    ".*(\\.lock|\\.new|\\.mgit-new|\\.tmp|\\.dbtmp|mgit-staging-.*|mgit-new-.*|"
                                            + "/journal/.+|\\.probe.*|gc\\.pid)")))
                    .isEmpty();
        }
    }
}
