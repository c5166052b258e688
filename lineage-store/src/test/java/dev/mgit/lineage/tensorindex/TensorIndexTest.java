package dev.mgit.lineage.tensorindex;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.graph.MadeLineage;
import dev.mgit.lineage.query.TensorSearch;
import dev.mgit.lineage.query.TensorSearch.Match;
import dev.mgit.lineage.version.VersionBuilder;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index gives the answers that reading every manifest gives, whatever became of its file. Made lineages. */
class TensorIndexTest {
    private static final int VERSIONS = 40;
    private static final int HEADER_BYTES = 12;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final MadeLineage made = new MadeLineage();
    private final Random random = new Random(11);

    @SuppressWarnings("NullAway.Init")
    private Path file;

    @BeforeEach
    void makeVersions() {
        file = folder.resolve("index/tensors");
        for (int i = 0; i < VERSIONS; i++) {
            commit(i);
        }
    }

    private VersionId commit(int i) {
        TensorSpec first = new TensorSpec("a", i % 2 == 0 ? Dtype.F32 : Dtype.BF16, List.of(1L + i % 5, 8L));
        TensorSpec second = new TensorSpec("b", Dtype.F32, List.of(7L));
        return made.commit(made.version("m" + i).tensors(Map.of(first, "x" + i % 9, second, "y" + i)));
    }

    private List<TensorCondition> questions() {
        List<TensorCondition> questions = new ArrayList<>();
        for (String data : List.of("x0", "x8", "y3", "nowhere")) {
            String hash = VersionBuilder.object(data).hex();
            for (int digits : new int[] {4, 7, 8, 12, 64}) {
                questions.add(condition(hash.substring(0, digits), null, null));
            }
        }
        questions.add(condition(null, "3x8", null));
        questions.add(condition(null, "*x8", Dtype.BF16));
        questions.add(condition(null, "7", null));
        questions.add(condition(null, "9", null));
        questions.add(condition(VersionBuilder.object("x4").hex(), "*x8", Dtype.F32));
        return questions;
    }

    private static TensorCondition condition(
            @org.jspecify.annotations.Nullable String hash,
            @org.jspecify.annotations.Nullable String shape,
            @org.jspecify.annotations.Nullable Dtype dtype) {
        return new TensorCondition(
                Optional.empty(),
                Optional.ofNullable(hash),
                Optional.ofNullable(shape).map(TensorCondition::parseShape),
                Optional.ofNullable(dtype));
    }

    private void assertRight() {
        LineageGraph graph = made.graph();
        for (TensorCondition question : questions()) {
            List<Match> expected =
                    new TensorSearch(graph, made.lineage, TensorIndex.none()).search(node -> true, question, 1000);
            List<Match> found =
                    new TensorSearch(graph, made.lineage, new TensorIndex(file)).search(node -> true, question, 1000);
            assertThat(found).as("%s", question).isEqualTo(expected);
        }
    }

    @Test
    void answersAreThoseOfTheManifests() throws IOException {
        assertRight();
        long size = Files.size(file);
        assertRight();
        assertThat(Files.size(file)).isEqualTo(size);
    }

    @Test
    void versionsMadeSinceAreAddedAndThoseThatAreGoneAreNotFound() throws IOException {
        assertRight();
        long size = Files.size(file);
        commit(VERSIONS);
        assertRight();
        assertThat(Files.size(file)).isBetween(size + 1, size + 200);
        made.deleteModel("m3");
        assertRight();
    }

    @Test
    void damageAndTruncationAnywhereChangeNoAnswer() throws IOException {
        assertRight();
        byte[] sound = Files.readAllBytes(file);
        for (int round = 0; round < 60; round++) {
            byte[] damaged = sound.clone();
            damaged[random.nextInt(sound.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, round % 2 == 0 ? damaged : Arrays.copyOf(sound, random.nextInt(sound.length)));
            assertRight();
            assertThat(Files.readAllBytes(file)).hasSizeGreaterThan(HEADER_BYTES);
        }
    }

    @Test
    void hostileLengthsAreNotBelieved() throws IOException {
        assertRight();
        byte[] sound = Files.readAllBytes(file);
        for (int length : new int[] {Integer.MAX_VALUE, 1 << 27, -1, 0}) {
            byte[] hostile = sound.clone();
            java.nio.ByteBuffer.wrap(hostile).putInt(HEADER_BYTES + Integer.BYTES, length);
            Files.write(file, hostile);
            assertRight();
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsDoneWithout() throws IOException {
        Files.writeString(folder.resolve("index"), "in the way");
        assertRight();
    }
}
