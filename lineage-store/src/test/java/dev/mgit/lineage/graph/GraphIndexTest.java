package dev.mgit.lineage.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.lineage.graph.GraphIndex.Loaded;
import dev.mgit.lineage.graph.GraphIndex.Origin;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphIndexTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final MadeLineage made = new MadeLineage();

    @SuppressWarnings("NullAway.Init")
    private Path file;

    @SuppressWarnings("NullAway.Init")
    private GraphIndex index;

    @BeforeEach
    void makeIndex() {
        file = folder.resolve("index/graph-v1");
        index = new GraphIndex(file);
    }

    /** Loads and checks that what was loaded is what a graph made anew would be. */
    private Origin load() {
        Loaded loaded = index.load(made.lineage);
        LineageGraph expected = made.graph();
        LineageGraph found = loaded.graph();
        assertThat(found.size()).isEqualTo(expected.size());
        assertThat(found.models()).isEqualTo(expected.models());
        assertThat(found.tags()).isEqualTo(expected.tags());
        for (int node = 0; node < expected.size(); node++) {
            Version version = expected.version(node);
            assertThat(found.version(version.id())).isEqualTo(version);
            assertThat(found.describe(version.id())).isEqualTo(expected.describe(version.id()));
        }
        return loaded.origin();
    }

    @Test
    void isMadeOnceThenLoaded() {
        made.randomDag(new Random(1), 50, 3, 8);
        assertThat(load()).isEqualTo(Origin.REBUILT);
        assertThat(load()).isEqualTo(Origin.LOADED);
    }

    @Test
    void anEmptyLineageIsKeptToo() {
        assertThat(load()).isEqualTo(Origin.REBUILT);
        assertThat(load()).isEqualTo(Origin.LOADED);
        made.chain("base", 2);
        assertThat(load()).isEqualTo(Origin.EXTENDED);
    }

    @Test
    void newVersionsAreAdded() {
        List<VersionId> base = made.chain("base", 3);
        load();
        made.commit(made.version("base").after(base.get(2)));
        VersionId tuned = made.commit(made.version("tuned").from(base.get(1), "base", EdgeKind.FINETUNE));
        made.commit(
                made.version("small").from(tuned, "tuned", EdgeKind.QUANTIZE).from(base.get(0), "base", EdgeKind.CAST));
        assertThat(load()).isEqualTo(Origin.EXTENDED);
        assertThat(load()).isEqualTo(Origin.LOADED);
    }

    @Test
    void versionsThatWentAwayAreGone() {
        List<VersionId> base = made.chain("base", 3);
        made.commit(made.version("tuned").from(base.get(1), "base", EdgeKind.FINETUNE));
        load();
        made.deleteModel("tuned");
        assertThat(load()).isEqualTo(Origin.REBUILT);
    }

    @Test
    void changedEdgesAreSeen() {
        List<VersionId> base = made.chain("base", 3);
        VersionId other = made.commit(made.version("other"));
        load();
        made.addEdge(other, base.get(2), "base", EdgeKind.DISTILL, Source.ADDED);
        assertThat(load()).isEqualTo(Origin.REBUILT);
        made.removeEdge(other, base.get(2), "base", EdgeKind.DISTILL);
        assertThat(load()).isEqualTo(Origin.REBUILT);
    }

    @Test
    void everySingleDamagedByteIsNoticed() throws IOException {
        made.chain("base", 2);
        load();
        byte[] sound = Files.readAllBytes(file);
        for (int at = 0; at < sound.length; at++) {
            byte[] damaged = sound.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            Files.write(file, damaged);
            assertThat(GraphFile.read(file)).as("byte %d", at).isEmpty();
        }
        assertThat(load()).isEqualTo(Origin.REBUILT);
    }

    @Test
    void everyTruncationIsNoticed() throws IOException {
        made.chain("base", 2);
        load();
        byte[] sound = Files.readAllBytes(file);
        for (int length = 0; length < sound.length; length++) {
            Files.write(file, Arrays.copyOf(sound, length));
            assertThat(GraphFile.read(file)).as("length %d", length).isEmpty();
        }
    }

    @Test
    void randomBytesUnderARightChecksumAreRefusedWithoutHarm() throws IOException {
        made.randomDag(new Random(3), 12, 3, 4);
        load();
        byte[] sound = Files.readAllBytes(file);
        Random random = new Random(5);
        for (int round = 0; round < 2000; round++) {
            byte[] damaged = sound.clone();
            for (int i = 0; i < 3; i++) {
                damaged[16 + random.nextInt(sound.length - 16)] = (byte) random.nextInt();
            }
            var crc = new CRC32C();
            crc.update(damaged, 16, damaged.length - 16);
            ByteBuffer.wrap(damaged).putInt(12, (int) crc.getValue());
            Files.write(file, damaged);
            GraphFile.read(file)
                    .ifPresent(stored ->
                            assertThat(GraphCheck.isSound(stored.data())).isTrue());
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsDoneWithout() throws IOException {
        made.chain("base", 2);
        Files.writeString(folder.resolve("index"), "in the way");
        assertThat(load()).isEqualTo(Origin.REBUILT);
        assertThat(load()).isEqualTo(Origin.REBUILT);
    }
}
