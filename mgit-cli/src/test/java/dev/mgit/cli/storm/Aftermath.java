package dev.mgit.cli.storm;

import dev.mgit.cli.Cli;
import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.checkpoint.VersionFiles;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Operation;
import dev.mgit.lineage.version.Tag;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What must be true of a repository when a storm is over. */
final class Aftermath {
    /** What only a writer that is at work, or was killed, has below {@code .mgit}. */
    private static final Pattern LEFTOVER = Pattern.compile(
            "(?!hooks/update.lock).*\\.(new|lock|tmp)|journal/.+|parameters-.*|.*/(noz|gc_|insert_|\\.tmp-)[^/]*|uploads/(?!held).+");

    private final StormFolder storm;
    private final Path root;
    private int read;

    Aftermath(StormFolder storm, String repository) {
        this.storm = storm;
        this.root = storm.repository(repository);
    }

    /** How many versions were read back. */
    int read() {
        return read;
    }

    /** Models and tags as they are, by the names of references. */
    Map<String, String> references() throws IOException {
        Map<String, String> now = new TreeMap<>();
        try (Repository repository = Repository.open(root)) {
            for (Model model : repository.lineage().models()) {
                now.put(History.MODELS + model.name(), model.head().hex());
            }
            for (Tag tag : repository.lineage().tags()) {
                now.put(History.TAGS + tag.name(), tag.version().hex());
            }
        }
        return now;
    }

    /** Damage, records that do not follow one another, and versions that do not come back as they were committed. */
    List<String> check(Map<String, Attempt> made) throws IOException {
        List<String> wrong = new ArrayList<>();
        require(wrong, "gc");
        require(wrong, "fsck");
        require(wrong, "op", "log", "--verify");
        try (Repository repository = Repository.open(root)) {
            for (VersionId version : kept(repository)) {
                Attempt by = made.get(version.hex());
                if (by != null && !isAsCommitted(repository, version, by)) {
                    wrong.add("version " + version.hex() + " is not what was committed: " + by);
                }
            }
        }
        return wrong;
    }

    private void require(List<String> wrong, String... words) {
        Cli.Ran ran = Cli.run(root, words);
        if (ran.exit() != 0 || !ran.err().isEmpty()) {
            wrong.add(root + ": " + String.join(" ", words) + ": " + ran);
        }
    }

    private static Set<VersionId> kept(Repository repository) {
        Set<VersionId> heads = new LinkedHashSet<>();
        repository.lineage().models().forEach(model -> heads.add(model.head()));
        repository.lineage().tags().forEach(tag -> heads.add(tag.version()));
        for (Operation operation : repository.lineage().operations(Integer.MAX_VALUE)) {
            operation.changes().stream()
                    .filter(change -> dev.mgit.cli.storm.Model.isUsers(change.ref()))
                    .flatMap(change -> Stream.concat(change.before().stream(), change.after().stream()))
                    .forEach(id -> heads.add(new VersionId(id)));
        }
        Set<VersionId> all = new LinkedHashSet<>();
        Iterator<Version> walk = repository.lineage().walk(heads);
        while (walk.hasNext()) {
            all.add(walk.next().id());
        }
        return all;
    }

    private boolean isAsCommitted(Repository repository, VersionId version, Attempt by) throws IOException {
        Path out = Files.createDirectories(storm.out(version.hex()));
        new VersionFiles(repository, CopyProgress.none()).writeTo(out, version);
        byte[] weights = Files.readAllBytes(out.resolve(StormFolder.WEIGHTS));
        Trees.delete(out);
        read++;
        return Arrays.equals(weights, StormFolder.weights(by.who()));
    }

    /** What is there after a clean-up that no version needs. */
    List<String> leftovers() throws IOException {
        List<String> wrong = new ArrayList<>();
        Cli.run(root, "merge", "--abort");
        Cli.run(root, "update", "--abort");
        require(wrong, "gc", "--prune-older-than", "0");
        require(wrong, "fsck");
        try (Stream<Path> files = Files.walk(root.resolve(".mgit"))) {
            files.filter(Files::isRegularFile)
                    .map(file -> root.resolve(".mgit").relativize(file).toString())
                    .filter(name -> LEFTOVER.matcher(name).matches())
                    .forEach(name -> wrong.add(root + ": left behind: " + name));
        }
        return wrong;
    }
}
