package dev.mgit.hooks;

import dev.mgit.lineage.git.GitLineage;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.NewVersion;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A workspace for tests: the real Git lineage, with the (small) model files kept verbatim in it. */
public final class FolderWorkspace implements Workspace, AutoCloseable {
    private final Path root;
    private final GitLineage lineage;
    private final Lineage guarded;
    public final Map<String, String> settings = new HashMap<>();

    private FolderWorkspace(Path root) {
        this.root = root;
        this.lineage = GitLineage.open(root.resolve(".mgit/lineage.git"), root.resolve(".mgit/operations"));
        this.guarded = guard();
    }

    public static FolderWorkspace create(Path root) {
        FolderTools.create(root.resolve(".mgit"));
        GitLineage.create(root.resolve(".mgit/lineage.git"));
        return new FolderWorkspace(root);
    }

    public static FolderWorkspace open(Path root) {
        return new FolderWorkspace(root);
    }

    @Override
    public Path root() {
        return root;
    }

    /** Holds the threads of pools to what {@link Workspace} says, one at a time. */
    @Override
    public Lineage lineage() {
        return guarded;
    }

    private Lineage guard() {
        return (Lineage) Proxy.newProxyInstance(
                Lineage.class.getClassLoader(), new Class<?>[] {Lineage.class}, (proxy, method, arguments) -> {
                    if (Thread.currentThread().getName().startsWith("pool-") && !Thread.holdsLock(this)) {
                        throw new AssertionError(method.getName() + " is called without the workspace's lock");
                    }
                    try {
                        return method.invoke(lineage, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Override
    public LineageGraph graph() {
        return LineageGraph.of(lineage);
    }

    @Override
    public Path scratch() {
        return root.resolve(".mgit/hooks");
    }

    @Override
    public Path trusted() {
        return root.resolve(".mgit/trusted");
    }

    @Override
    public Person author() {
        return new Person("Ada", "ada@example.org");
    }

    @Override
    public Map<String, String> environment() {
        return System.getenv();
    }

    @Override
    public Optional<String> setting(String key) {
        return Optional.ofNullable(settings.get(key));
    }

    @Override
    public void checkout(VersionId version, Path folder) {
        for (FileEntry file : lineage.checkpoint(version).files()) {
            write(folder.resolve(file.path()), lineage.verbatim(version, file.path()));
        }
    }

    private static void write(Path path, byte[] bytes) {
        try {
            Files.createDirectories(path.getParent());
            Files.write(path, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public VersionId write(Transaction transaction, NewModelVersion version) {
        List<FileEntry> files = new ArrayList<>();
        List<String> ignored = new ArrayList<>();
        Map<String, byte[]> verbatim = new LinkedHashMap<>();
        try {
            for (String path : FolderTools.files(version.folder())) {
                if (version.weightsOnly() && path.endsWith("optimizer.pt")) {
                    ignored.add(path);
                    continue;
                }
                byte[] bytes = Files.readAllBytes(version.folder().resolve(path));
                files.add(new FileEntry(path, bytes.length, false, FileEntry.Storage.VERBATIM));
                verbatim.put(path, bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return transaction.write(new NewVersion(
                version.model(),
                version.previous(),
                version.origins(),
                version.message(),
                author(),
                Instant.now(),
                Map.of(),
                files,
                verbatim,
                Map.of(),
                List.of(),
                ignored,
                Optional.empty(),
                version.extra()));
    }

    @Override
    public Held lock(String what) {
        try {
            FileChannel channel =
                    FileChannel.open(root.resolve(".mgit/lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.lock();
            return () -> release(what, channel, lock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void release(String what, FileChannel channel, FileLock lock) {
        try (channel) {
            if (!lock.isValid()) {
                throw new IllegalStateException("lost the lock while " + what);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Commits one text file {@code weights} as a model's next version, by hand. */
    public VersionId commit(String model, String weights, ProvenanceEdge... origins) {
        try {
            Path folder = Files.createTempDirectory("commit");
            Files.writeString(folder.resolve("weights"), weights);
            VersionId version = locked("commit", () -> {
                Transaction transaction = lineage.begin("commit", author());
                Optional<VersionId> previous = lineage.model(model).map(head -> head.head());
                VersionId id = write(
                        transaction,
                        new NewModelVersion(model, previous, List.of(origins), "by hand", folder, Map.of()));
                transaction.setModel(model, id);
                transaction.apply();
                return id;
            });
            FolderTools.delete(folder);
            return version;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public VersionId head(String model) {
        return lineage.model(model).orElseThrow().head();
    }

    /** The text of a model's {@code weights}. */
    public String weights(VersionId version) {
        return new String(lineage.verbatim(version, "weights"), java.nio.charset.StandardCharsets.UTF_8);
    }

    public String weights(String model) {
        return weights(head(model));
    }

    @Override
    public void close() {
        lineage.close();
    }
}
