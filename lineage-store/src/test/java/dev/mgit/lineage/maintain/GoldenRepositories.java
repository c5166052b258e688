package dev.mgit.lineage.maintain;

import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.checkpoint.Lossy;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes the archives of {@link GoldenRepositoriesTest}: right only when a format version or a kind of damage was added,
 * since what lies in the others is what they are for. {@code healthy-1-chained} is what the healthy one became since, without a
 * new format. Models are made, and as small as they can be.
 */
final class GoldenRepositories {
    private static final ModelShape SHAPE = new ModelShape(32, 16, 1, Element.F32);

    private final Path scratch;
    private final Path archives;
    private final Map<String, byte[]> healthy;

    private GoldenRepositories(Path scratch, Path archives) throws IOException {
        this.scratch = scratch;
        this.archives = archives;
        try (var made = new MadeRepository(scratch)) {
            MadeModel base = Families.base("base", 1, SHAPE);
            made.commit(base);
            made.commit(Families.fineTuned(base, "child", 2, 1e-3), "base");
            commitLossy(made, Families.fineTuned(base, "lossy", 3, 3e-4));
            VersionId tagged = made.repository().lineage().resolve("child");
            made.change("tag", transaction -> transaction.setTag("v1", tagged));
        }
        healthy = files();
        write("healthy-1", healthy, Map.of());
    }

    /** @param args where the archives go */
    public static void main(String[] args) throws IOException {
        Path scratch = Files.createTempDirectory("mgit-golden-");
        try {
            new GoldenRepositories(scratch, Path.of(args[0])).damages();
        } finally {
            Trees.delete(scratch);
        }
    }

    private static void commitLossy(MadeRepository made, MadeModel model) throws IOException {
        Path files = model.writeTo(made.repository().root().resolveSibling("models"));
        var origin = new CommitRequest.Origin(made.repository().lineage().resolve("base"), EdgeKind.FINETUNE);
        var request = new CommitRequest(
                files,
                Optional.of(model.name()),
                Optional.empty(),
                List.of(origin),
                Map.of(),
                MadeRepository.ADA,
                Instant.now(),
                Map.of());
        WriterLock lock = made.lock();
        try (lock) {
            new Commits(made.repository(), CopyProgress.none()).commit(request, Optional.of(Lossy.within(1e-4)), lock);
        }
    }

    private void damages() throws IOException {
        damage(
                "flipped-block",
                made -> inStore(made, (store, object) -> {
                    var block = object.blocks().get(0).id();
                    byte[] frame = store.frame(block).orElseThrow();
                    frame[frame.length / 2] ^= 1;
                    store.putBlock(block, frame);
                }));
        damage(
                "missing-block",
                made -> inStore(
                        made,
                        (store, object) ->
                                store.removeBlock(object.blocks().get(0).id())));
        damage("missing-object", made -> inStore(made, (store, object) -> store.removeObject(object.id())));
        damage("cut-store-file", made -> cut(largest(made.repository().files().parameters(), ".sst")));
        damage(
                "cut-git-object",
                made -> cut(largest(made.repository().files().lineage().resolve("objects"), "")));
        damage(
                "dangling-head",
                made -> Files.writeString(
                        made.repository().files().lineage().resolve("refs/heads/child"),
                        "1234567890".repeat(4) + "\n"));
        damage("cut-operations-log", made -> gap(made.repository().files().operationLog()));
        damage(
                "newer-format",
                made -> Files.writeString(made.repository().files().mgit().resolve("format"), "mgit repository 2\n"));
    }

    private interface Damage {
        void to(MadeRepository made) throws IOException;
    }

    private interface StoreDamage {
        void to(ParameterStore store, StoredObject object);
    }

    /** Starts from the healthy repository and keeps only what the damage changes. */
    private void damage(String name, Damage damage) throws IOException {
        Path root = scratch.resolve("repository");
        Trees.delete(root);
        for (Map.Entry<String, byte[]> file : healthy.entrySet()) {
            Path path = root.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
        try (var made = new MadeRepository(scratch)) {
            damage.to(made);
        }
        write(name, files(), healthy);
    }

    private static void inStore(MadeRepository made, StoreDamage damage) throws IOException {
        VersionId base = made.repository().lineage().resolve("base");
        Manifest.Entry head = made.tensor(base, "lm_head.weight");
        try (WriterLock lock = made.lock();
                ParameterStore store = made.repository().writableParameters(lock)) {
            damage.to(store, store.object(head.object()).orElseThrow());
            store.flush();
        }
    }

    private static Path largest(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(
                            file -> Files.isRegularFile(file) && file.toString().endsWith(suffix))
                    .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                    .orElseThrow();
        }
    }

    private static void cut(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.delete(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - bytes.length / 3));
    }

    /** Loses bytes from the middle: a cut end is what any crash leaves, and no damage. */
    private static void gap(Path file) throws IOException {
        String text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.length() / 3) + text.substring(text.length() / 2));
    }

    /** All files but those that only tell what happened, or are made again. */
    private Map<String, byte[]> files() throws IOException {
        Map<String, byte[]> found = new TreeMap<>();
        Path root = scratch.resolve("repository");
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = root.relativize(file).toString();
                if (!name.matches(".*/(LOG|LOG\\.old\\..*|LOCK)|\\.mgit/(lock|index/.*)")) {
                    found.put(name, Files.readAllBytes(file));
                }
            }
        }
        return found;
    }

    private void write(String name, Map<String, byte[]> now, Map<String, byte[]> before) throws IOException {
        try (OutputStream out = Files.newOutputStream(archives.resolve(name + ".zip"));
                var zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> file : now.entrySet()) {
                if (!Arrays.equals(file.getValue(), before.get(file.getKey()))) {
                    zip.putNextEntry(new ZipEntry(file.getKey()));
                    zip.write(file.getValue());
                }
            }
            for (String file : before.keySet()) {
                if (!now.containsKey(file)) {
                    zip.putNextEntry(new ZipEntry("delete/" + file));
                }
            }
        }
    }
}
