package dev.mgit.lineage.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.NewVersion;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests as Git keeps them: one file, or parts of which versions share what has not changed. */
class ManifestRecordTest {
    private static final int MANY = 12_000;
    private static final int MOST = 1_000_000;
    private static final String PATH = "sub/model.safetensors";
    private static final Person ADA = new Person("Ada", "ada@example.org");

    @TempDir
    private Path dir;

    private static Manifest.Entry range(long offset, String name, int content) {
        var spec = new TensorSpec(name, Dtype.F32, List.of(2L, 8L));
        return new Manifest.Entry(offset, 64, Optional.of(spec), new ObjectId(String.format("%064x", content)));
    }

    private static Manifest manifest(List<Manifest.Entry> entries) {
        long size = entries.get(entries.size() - 1).end();
        return new Manifest("safetensors", size, "ab".repeat(32), entries);
    }

    /** One with a header and many tensors, one after the other. */
    private static Manifest many(int inserted, int changed) {
        List<Manifest.Entry> entries = new ArrayList<>();
        entries.add(new Manifest.Entry(0, 100, Optional.empty(), new ObjectId("c".repeat(64))));
        for (int i = 0; i < MANY; i++) {
            if (i == inserted) {
                entries.add(range(100 + 64L * (entries.size() - 1), "model.layers." + i + ".new", MANY));
            }
            String name = "model.layers." + i / 8 + ".mlp.experts." + i % 8 + ".weight";
            entries.add(range(100 + 64L * (entries.size() - 1), name, i == changed ? MANY + 1 : i));
        }
        return manifest(entries);
    }

    private static Manifest read(ManifestRecord record) throws IOException {
        return ManifestRecord.read("x", record.head(), name -> {
            byte[] part = record.parts().get(name);
            if (part == null) {
                throw MgitException.integrity("no " + name);
            }
            return part;
        });
    }

    /** Older versions of mgit would take the first piece for the whole, so they must not read it. */
    @Test
    void aTensorInPiecesHasASchemaOfItsOwn() throws IOException {
        var spec = new TensorSpec("tiled", Dtype.F32, List.of(2L, 16L));
        List<LogicalTensor.Piece> pieces = List.of(
                new LogicalTensor.Piece(64, List.of(0L, 0L), List.of(2L, 8L)),
                new LogicalTensor.Piece(0, List.of(0L, 8L), List.of(2L, 8L)));
        for (LogicalTensor.Order order : LogicalTensor.Order.values()) {
            var seen = new LogicalTensor(spec, new LogicalTensor.Pieces(pieces, List.of(8L, 1L), order));
            var tensor = new Manifest.Tensor(seen, new ObjectId("d".repeat(64)));
            Manifest ranges = manifest(List.of(range(0, "a", 1), range(64, "b", 2)));
            Manifest manifest = new Manifest("hdf5", ranges.size(), ranges.sha256(), ranges.entries(), List.of(tensor));
            ManifestRecord record = ManifestRecord.of(manifest);

            assertThat(new String(record.head(), StandardCharsets.UTF_8)).startsWith("{\n\"schema\": 5,\n");
            assertThat(read(record)).isEqualTo(manifest);
        }
    }

    @Test
    void aShortManifestIsOneFile() throws IOException {
        Manifest manifest = manifest(List.of(range(0, "a", 1), range(64, "b", 2)));
        ManifestRecord record = ManifestRecord.of(manifest);
        assertThat(record.parts()).isEmpty();
        assertThat(new String(record.head(), StandardCharsets.UTF_8)).startsWith("{\n\"schema\": 1,\n");
        assertThat(read(record)).isEqualTo(manifest);
    }

    @Test
    void aLongManifestIsCutBelowAMegabyte() throws IOException {
        Manifest manifest = many(-1, -1);
        ManifestRecord record = ManifestRecord.of(manifest);
        assertThat(new String(record.head(), StandardCharsets.UTF_8)).startsWith("{\n\"schema\": 4,\n");
        assertThat(record.parts().values()).hasSizeGreaterThan(2).allMatch(part -> part.length <= MOST);
        assertThat(read(record)).isEqualTo(manifest);
    }

    @Test
    void tensorsThatAreNoRangesAreCutToo() throws IOException {
        Manifest ranges = many(-1, -1);
        List<Manifest.Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            var spec = new TensorSpec("t" + i, Dtype.F32, List.of(8L, 2L));
            tensors.add(new Manifest.Tensor(
                    LogicalTensor.rowMajor(spec, 100 + 64L * i), new ObjectId(String.format("%064x", i))));
        }
        Manifest manifest = new Manifest(ranges.format(), ranges.size(), ranges.sha256(), ranges.entries(), tensors);
        ManifestRecord record = ManifestRecord.of(manifest);
        assertThat(record.parts().keySet()).anyMatch(name -> name.startsWith("tensors/"));
        assertThat(record.parts().values()).allMatch(part -> part.length <= MOST);
        assertThat(read(record)).isEqualTo(manifest);
    }

    @Test
    void versionsShareThePartsThatHaveNotChanged() throws IOException {
        Set<String> first = contents(ManifestRecord.of(many(-1, -1)));
        Set<String> changed = contents(ManifestRecord.of(many(-1, 5000)));
        changed.removeAll(first);
        assertThat(changed).hasSize(1);
        Set<String> longer = contents(ManifestRecord.of(many(3000, -1)));
        longer.removeAll(first);
        assertThat(longer).hasSizeLessThanOrEqualTo(2);
    }

    private static Set<String> contents(ManifestRecord record) {
        Set<String> contents = new HashSet<>();
        record.parts().values().forEach(part -> contents.add(new String(part, StandardCharsets.UTF_8)));
        return contents;
    }

    /** Otherwise a tensor taken out by itself holds the beginning of the next. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[2,9]",
                "[2,7]",
                "[-2,-8]",
                "[4294967296,4294967296]",
                "[9223372036854775807]",
                "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"
                        + "1,1,1,1,1,1,1,1,1,1,2,8]",
                "[]"
            })
    void aTensorThatIsNotAsLongAsItsRangeIsDamage(String shape) {
        String text = new String(
                ManifestRecord.of(manifest(List.of(range(0, "a", 1), range(64, "b", 2))))
                        .head(),
                StandardCharsets.UTF_8);
        assertThat(text).contains("[2,8]");
        byte[] lie = text.replaceFirst("\\[2,8]", shape).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> ManifestRecord.read("x", lie, name -> new byte[0]))
                .isInstanceOf(MgitException.class)
                .hasMessageContaining("is damaged: tensor a ");
    }

    @Test
    void aPartThatIsMissingOrDamagedIsTold() {
        ManifestRecord record = ManifestRecord.of(many(-1, -1));
        String second = "ranges/00001.json";
        assertThatThrownBy(() -> ManifestRecord.read("x", record.head(), name -> {
                    if (name.equals(second)) {
                        throw MgitException.integrity("no " + name);
                    }
                    return record.parts().get(name);
                }))
                .isInstanceOf(MgitException.class)
                .hasMessageContaining(second);
        assertThatThrownBy(() -> ManifestRecord.read(
                        "x",
                        record.head(),
                        name -> name.equals(second)
                                ? "{\"schema\": 4, \"ranges\": []}".getBytes(StandardCharsets.UTF_8)
                                : record.parts().get(name)))
                .isInstanceOf(MgitException.class)
                .hasMessageContaining("ranges make");
    }

    @Test
    void aVersionInGitHasNoFileAboveAMegabyte() throws IOException {
        Manifest manifest = many(-1, -1);
        Path git = dir.resolve("lineage.git");
        GitLineage.create(git);
        VersionId id;
        try (var lineage = GitLineage.open(git, dir.resolve("operations"))) {
            Transaction transaction = lineage.begin("commit", ADA);
            id = transaction.write(version(manifest));
            transaction.setModel("m", id);
            transaction.apply();
            assertThat(lineage.manifest(id, PATH)).isEqualTo(manifest);
        }
        try (var repository =
                        new FileRepositoryBuilder().setGitDir(git.toFile()).build();
                var walk = new TreeWalk(repository)) {
            walk.addTree(repository
                    .parseCommit(org.eclipse.jgit.lib.ObjectId.fromString(id.hex()))
                    .getTree());
            walk.setRecursive(true);
            while (walk.next()) {
                assertThat(walk.getFileMode()).isEqualTo(FileMode.REGULAR_FILE);
                assertThat(repository.open(walk.getObjectId(0)).getSize()).isLessThanOrEqualTo(MOST);
            }
        }
    }

    private static NewVersion version(Manifest manifest) {
        return new NewVersion(
                "m",
                Optional.empty(),
                List.of(),
                "a version",
                ADA,
                Instant.now(),
                Map.of(),
                List.of(new FileEntry(PATH, manifest.size(), false, FileEntry.Storage.PARAMETERS)),
                Map.of(),
                Map.of(PATH, manifest),
                List.of(),
                List.of(),
                Optional.empty(),
                Map.of());
    }
}
