package dev.mgit.lineage.parameters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who verifies the bytes of a frame. Made bytes, more than are read before the tables are verified as a whole. */
class FrameReadsTest {
    private static final int FRAMES = 40;
    private static final int LENGTH = 1 << 20;

    @TempDir
    private Path folder;

    private final List<BlockId> ids = new ArrayList<>();
    private StoredObject object;

    @BeforeEach
    void make() {
        var random = new Random(1);
        try (RocksParameterStore store = RocksParameterStore.openWritable(folder)) {
            for (int i = 0; i < FRAMES; i++) {
                byte[] frame = new byte[LENGTH];
                random.nextBytes(frame);
                BlockId id = BlockId.hash(frame, 0, frame.length);
                store.putBlock(id, frame);
                ids.add(id);
            }
            object = StoredObject.of(List.of(new StoredObject.Block(ids.get(0), LENGTH)));
            store.putObject(object);
            store.flush();
        }
    }

    @Test
    void whereLittleIsReadRocksDbVerifiesIt() throws IOException {
        try (RocksParameterStore store = open()) {
            damage(".blob", ids.get(0).bytes(), LENGTH / 2);
            assertThatThrownBy(() -> readAll(store)).satisfies(FrameReadsTest::isDamage);
        }
    }

    @Test
    void afterTheTablesAreVerifiedFramesAreForTheirReadersToVerify() throws IOException {
        try (RocksParameterStore store = open()) {
            readAll(store);
            damage(".blob", ids.get(0).bytes(), LENGTH / 2);
            List<BlockId> changed = ids.stream()
                    .filter(id -> {
                        byte[] frame = store.frame(id).orElseThrow();
                        return !BlockId.hash(frame, 0, frame.length).equals(id);
                    })
                    .toList();
            assertThat(changed).isNotEmpty();
            try (var reader = new BlockReader(store)) {
                assertThatThrownBy(() -> reader.read(changed.get(0))).satisfies(FrameReadsTest::isDamage);
            }
        }
    }

    @Test
    void withADamagedTableEveryReadStaysVerified() throws IOException {
        try (RocksParameterStore store = open()) {
            damage(".sst", object.id().bytes(), 0);
            readAll(store);
            damage(".blob", ids.get(0).bytes(), LENGTH / 2);
            assertThatThrownBy(() -> readAll(store)).satisfies(FrameReadsTest::isDamage);
        }
    }

    private RocksParameterStore open() {
        return RocksParameterStore.openReadOnly(folder).orElseThrow();
    }

    private void readAll(RocksParameterStore store) {
        ids.forEach(id -> assertThat(store.frame(id)).isPresent());
    }

    private static void isDamage(Throwable thrown) {
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        MgitException.class, e -> assertThat(e.kind()).isEqualTo(MgitException.Kind.INTEGRITY));
    }

    /** Changes a byte of each file of a kind that names something. */
    private void damage(String suffix, byte[] name, long at) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> hit = files.filter(file -> file.toString().endsWith(suffix) && names(file, name))
                    .toList();
            assertThat(hit).isNotEmpty();
            for (Path file : hit) {
                try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
                    bytes.seek(at);
                    int old = bytes.read();
                    bytes.seek(at);
                    bytes.write(old ^ 1);
                }
            }
        }
    }

    private static boolean names(Path file, byte[] name) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1)
                    .contains(new String(name, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
