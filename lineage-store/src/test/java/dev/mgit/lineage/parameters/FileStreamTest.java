package dev.mgit.lineage.parameters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.deflate.DeflateEncoder;
import dev.mgit.delta.deflate.DeflateSettings;
import dev.mgit.fixtures.ZipFile;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.CommitRequest.Origin;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.VersionId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts of stored files, as they are read while others write. All weights are made. */
class FileStreamTest {
    private static final int MIB = 1 << 20;
    private static final int DEPTH = 4;
    private static final String WEIGHTS = "model.safetensors";
    private static final List<String> LARGE = List.of(WEIGHTS, "arrays.npz", "notes.dat", "packed.npz");

    @TempDir
    private Path dir;

    private Repository repository;
    private VersionId root;
    private VersionId deepest;

    @BeforeEach
    void aChainOfFineTunes() throws IOException {
        repository = Repository.init(dir.resolve("repository"));
        root = commit("m0", weights(0), List.of());
        deepest = root;
        for (int i = 1; i <= DEPTH; i++) {
            deepest = commit("m" + i, weights(i), List.of(deepest));
        }
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private VersionId commit(String name, byte[] weights, List<VersionId> parents) throws IOException {
        Path folder = Files.createDirectories(dir.resolve(name));
        Files.write(folder.resolve(WEIGHTS), weights);
        Files.write(folder.resolve("arrays.npz"), arrays());
        Files.write(folder.resolve("packed.npz"), packed(weights));
        byte[] opaque = new byte[2 * MIB + 12_345];
        new Random(5).nextBytes(opaque);
        Files.write(folder.resolve("notes.dat"), opaque);
        List<Origin> origins = parents.stream()
                .map(parent -> new Origin(parent, EdgeKind.FINETUNE))
                .toList();
        var ada = new Person("Ada", "ada@example.org");
        var request = new CommitRequest(
                folder, Optional.of(name), Optional.empty(), origins, Map.of(), ada, Instant.now(), Map.of());
        try (WriterLock lock = repository.lock("test", Duration.ofSeconds(60), notice -> {})) {
            return new Commits(repository, CopyProgress.none())
                    .commit(request, lock)
                    .version();
        }
    }

    /** One tensor of several blocks, one without elements and many small ones; each step changes it a little. */
    private static byte[] weights(int step) {
        int large = 600 * 1024;
        int small = 30;
        var header = new StringBuilder("{\"empty\":{\"dtype\":\"F32\",\"shape\":[0,4],\"data_offsets\":[0,0]}");
        header.append(",\"large\":{\"dtype\":\"F32\",\"shape\":[600,1024],\"data_offsets\":[0," + large * 4 + "]}");
        for (int i = 0; i < small; i++) {
            int at = large * 4 + i * 40;
            header.append(",\"s" + i + "\":{\"dtype\":\"F32\",\"shape\":[10],\"data_offsets\":[" + at + "," + (at + 40)
                    + "]}");
        }
        byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length + (large + small * 10) * 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json);
        var random = new Random(1);
        var changes = new Random(2);
        while (file.hasRemaining()) {
            float value = (float) random.nextGaussian();
            for (int i = 0; i < step; i++) {
                value += (float) (changes.nextGaussian() * 1e-4);
            }
            file.putFloat(value);
        }
        return file.array();
    }

    /** One of which a part is deflated. */
    private static byte[] packed(byte[] weights) throws IOException {
        byte[] array = array(Arrays.copyOf(weights, MIB / 128));
        var packed = new ByteArrayOutputStream();
        var encoder = new DeflateEncoder(new DeflateSettings(6, 8), packed);
        encoder.write(array, 0, array.length);
        encoder.finish();
        return new ZipFile()
                .stored("a.npy", array)
                .deflated("b.npy", array, packed.toByteArray())
                .stored("c.npy", array)
                .bytes();
    }

    private static byte[] array(byte[] data) {
        String shape = "(" + data.length / 4 + ",)";
        String head = String.format("%-117s\n", "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }");
        return ByteBuffer.allocate(10 + head.length() + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0x93)
                .put("NUMPY\1\0".getBytes(StandardCharsets.US_ASCII))
                .putShort((short) head.length())
                .put(head.getBytes(StandardCharsets.US_ASCII))
                .put(data)
                .array();
    }

    /** Arrays with headers between them: bytes that are no tensor's, in many pieces. */
    private static byte[] arrays() throws IOException {
        var bytes = new ByteArrayOutputStream();
        var random = new Random(3);
        try (var zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < 40; i++) {
                byte[] data = new byte[400];
                random.nextBytes(data);
                byte[] array = array(data);
                var entry = new ZipEntry("a" + i + ".npy");
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(array.length);
                var crc = new CRC32();
                crc.update(array);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(array);
            }
        }
        return bytes.toByteArray();
    }

    private LiveParameters live() {
        return new LiveParameters(repository::parametersIfAny, 2);
    }

    private CountingStore inMemory() {
        var store = new CountingStore();
        try (ParameterStore stored = repository.parameters()) {
            stored.forEachBlock(store::putBlock);
            stored.forEachObject(store::putObject);
        }
        return store;
    }

    private Manifest manifest(VersionId version, String path) {
        return repository.lineage().manifest(version, path);
    }

    private static byte[] read(LiveParameters parameters, Manifest manifest, long from, long length)
            throws IOException {
        try (FileStream stream = parameters.open(manifest, "file", from, length)) {
            return rest(stream);
        }
    }

    private static byte[] rest(FileStream stream) throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (ByteBuffer piece = stream.next(); piece != null; piece = stream.next()) {
            bytes.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
        }
        return bytes.toByteArray();
    }

    @Test
    void everyPartIsWhatTheFileHoldsThere() throws IOException {
        try (LiveParameters parameters = live()) {
            for (String path : LARGE) {
                byte[] file = Files.readAllBytes(dir.resolve("m" + DEPTH).resolve(path));
                Manifest manifest = manifest(deepest, path);
                for (long from : positions(manifest)) {
                    for (long length : Stream.of(0L, 1L, 2L, 39L, 40L, 41L, (long) MIB, (long) MIB + 1, manifest.size())
                            .filter(wanted -> from + wanted <= manifest.size())
                            .toList()) {
                        assertThat(read(parameters, manifest, from, length))
                                .as("%s, %s bytes from %s", path, length, from)
                                .isEqualTo(Arrays.copyOfRange(file, (int) from, (int) (from + length)));
                    }
                    assertThat(read(parameters, manifest, from, manifest.size() - from))
                            .as("%s from %s", path, from)
                            .isEqualTo(Arrays.copyOfRange(file, (int) from, file.length));
                }
            }
        }
    }

    /** Both ends of the file, of some ranges and of some blocks, and one byte to either side. */
    private static List<Long> positions(Manifest manifest) {
        var edges = new TreeSet<>(List.of(0L, 8L, manifest.size(), manifest.size() / 2));
        List<Manifest.Entry> entries = manifest.entries();
        for (int i = 0; i < entries.size(); i += Math.max(1, entries.size() / 8)) {
            edges.add(entries.get(i).offset());
            for (long at = entries.get(i).offset(); at < entries.get(i).end(); at += MIB) {
                edges.add(at);
            }
        }
        return edges.stream()
                .flatMap(edge -> Stream.of(edge - 1, edge, edge + 1))
                .filter(at -> at >= 0 && at <= manifest.size())
                .distinct()
                .toList();
    }

    @Test
    void aPartOutsideTheFileIsRefused() {
        Manifest manifest = manifest(root, WEIGHTS);
        try (LiveParameters parameters = live()) {
            assertThatThrownBy(() -> parameters.open(manifest, "file", 1, manifest.size()))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> parameters.open(manifest, "file", -1, 1))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void onlyTheBlocksThatHoldAPartAreDecoded() throws IOException {
        CountingStore store = inMemory();
        Manifest manifest = manifest(root, WEIGHTS);
        long large = manifest.entries().stream()
                .filter(entry -> entry.length() > MIB)
                .findFirst()
                .orElseThrow()
                .offset();
        assertThat(framesRead(store, manifest, large + 5, 100)).isEqualTo(1);
        assertThat(framesRead(store, manifest, large + MIB - 1, 2)).isEqualTo(2);
        assertThat(framesRead(store, manifest, large + 5, 0)).isZero();
    }

    @Test
    void ofAChainOnlyTheBlocksBelowAPartAreDecoded() throws IOException {
        CountingStore store = inMemory();
        Manifest manifest = manifest(deepest, WEIGHTS);
        long large = manifest.entries().stream()
                .filter(entry -> entry.length() > MIB)
                .findFirst()
                .orElseThrow()
                .offset();
        assertThat(framesRead(store, manifest, large + 5, 100)).isBetween(2, 1 + DEPTH);
    }

    private static int framesRead(CountingStore store, Manifest manifest, long from, long length) throws IOException {
        int before = store.reads();
        try (var parameters = new LiveParameters(() -> Optional.of(store), 2)) {
            assertThat(read(parameters, manifest, from, length)).hasSize((int) length);
        }
        return store.reads() - before;
    }

    @Test
    void nothingOfADamagedBlockIsHandedOut() throws IOException {
        CountingStore store = inMemory();
        Manifest manifest = manifest(root, WEIGHTS);
        Manifest.Entry large = manifest.entries().stream()
                .filter(entry -> entry.length() > MIB)
                .findFirst()
                .orElseThrow();
        List<StoredObject.Block> blocks =
                store.object(large.object()).orElseThrow().blocks();
        BlockId damaged = blocks.get(1).id();
        store.putBlock(damaged, store.frame(blocks.get(0).id()).orElseThrow());
        byte[] file = Files.readAllBytes(dir.resolve("m0").resolve(WEIGHTS));
        int sound = (int) large.offset() + blocks.get(0).length();
        try (var parameters = new LiveParameters(() -> Optional.of(store), 2);
                FileStream stream = parameters.open(manifest, "the file", 0, manifest.size())) {
            var got = new ByteArrayOutputStream();
            assertThatThrownBy(() -> {
                        for (ByteBuffer piece = stream.next(); piece != null; piece = stream.next()) {
                            got.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
                        }
                    })
                    .isInstanceOf(MgitException.class)
                    .hasMessageContaining("the file, tensor 'large': block " + damaged.hex());
            assertThat(got.toByteArray()).isEqualTo(Arrays.copyOf(file, sound));
        }
        store.removeObject(large.object());
        try (var parameters = new LiveParameters(() -> Optional.of(store), 2)) {
            assertThatThrownBy(() -> read(parameters, manifest, large.offset(), 1))
                    .hasMessageContaining("tensor 'large': object")
                    .hasMessageContaining("missing");
        }
    }

    @Test
    void aWholeFileThatIsNotTheOneCommittedIsNotHandedOutToItsEnd() throws IOException {
        Manifest real = manifest(root, WEIGHTS);
        var other = new Manifest(real.format(), real.size(), "0".repeat(64), real.entries(), real.tensors());
        try (LiveParameters parameters = live();
                FileStream stream = parameters.open(other, "the file", 0, other.size())) {
            assertThatThrownBy(() -> rest(stream)).hasMessageContaining("the file: its bytes have SHA-256");
        }
    }

    @Test
    void whatIsCommittedMeanwhileIsFound() throws IOException {
        Manifest before = manifest(root, WEIGHTS);
        try (LiveParameters parameters = live();
                FileStream open = parameters.open(before, "file", 0, before.size())) {
            assertThat(open.next()).isNotNull();
            VersionId later = commit("later", weights(9), List.of(root));
            assertThat(read(
                            parameters,
                            manifest(later, WEIGHTS),
                            0,
                            manifest(later, WEIGHTS).size()))
                    .isEqualTo(weights(9));
            assertThat(rest(open)).isNotEmpty();
        }
    }

    @Test
    void manyReadersShareFewThreads() throws IOException {
        Manifest manifest = manifest(deepest, WEIGHTS);
        byte[] file = Files.readAllBytes(dir.resolve("m" + DEPTH).resolve(WEIGHTS));
        List<FileStream> streams = new ArrayList<>();
        try (LiveParameters parameters = new LiveParameters(repository::parametersIfAny, 1)) {
            for (int i = 0; i < 40; i++) {
                streams.add(parameters.open(manifest, "file", i, manifest.size() - i));
            }
            List<ByteArrayOutputStream> got =
                    streams.stream().map(stream -> new ByteArrayOutputStream()).toList();
            boolean more = true;
            while (more) {
                more = false;
                for (int i = 0; i < streams.size(); i++) {
                    ByteBuffer piece = streams.get(i).next();
                    if (piece != null) {
                        got.get(i).write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
                        more = true;
                    }
                }
            }
            for (int i = 0; i < streams.size(); i++) {
                assertThat(got.get(i).toByteArray()).isEqualTo(Arrays.copyOfRange(file, i, file.length));
            }
        } finally {
            streams.forEach(FileStream::close);
        }
    }

    @Test
    void whatAReadIsAboutToNeedIsAskedForFirst() throws IOException {
        Manifest manifest = repository.lineage().manifest(root, WEIGHTS);
        List<Map<ObjectId, Long>> asked = new ArrayList<>();
        Manifest.Entry last = manifest.entries().get(manifest.entries().size() - 1);
        try (var parameters = new LiveParameters(repository::parametersIfAny, 1, asked::add);
                FileStream stream = parameters.open(manifest, "here", last.offset() + 1, 1)) {
            assertThat(asked).containsExactly(Map.of(last.object(), last.start() + last.length()));
            assertThat(stream.next()).isNotNull();
        }
    }
}
