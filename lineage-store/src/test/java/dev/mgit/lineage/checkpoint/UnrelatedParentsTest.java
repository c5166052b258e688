package dev.mgit.lineage.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Person;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A declared parent of the same shapes that is no relation costs nothing: the child takes no more than it does alone.
 * The weights are made.
 */
@Tag("slow")
class UnrelatedParentsTest {
    private static final List<List<Integer>> SHAPES = List.of(
            List.of(64, 32, 3, 3),
            List.of(64),
            List.of(48, 64, 1, 1),
            List.of(24, 1, 3, 3),
            List.of(3, 3, 16, 32),
            List.of(300, 96),
            List.of(7, 13),
            List.of(3),
            List.of(5, 5, 5));

    /** What the values of a tensor are like. */
    private enum Content {
        WEIGHTS,
        FEW_VALUES,
        MASK,
        REPEATED_ROWS,
        MOSTLY_ZERO,
        COUNTING,
        RANDOM_BITS
    }

    @TempDir
    private Path dir;

    @ParameterizedTest
    @CsvSource({"F32, 4", "F16, 2", "BF16, 2", "F64, 8", "I8, 1", "U8, 1", "I16, 2", "I32, 4", "I64, 8", "BOOL, 1"})
    void cannotMakeAChildLarger(String dtype, int width) throws IOException {
        for (Content content : Content.values()) {
            Path child = file("child", model(dtype, width, content, 1));
            long alone = stored(null, child);
            for (Content other : EnumSet.of(content, Content.WEIGHTS)) {
                Path stranger = file("stranger", model(dtype, width, other, 2));
                assertThat(stored(stranger, child))
                        .as("%s of %s, from %s", content, dtype, other)
                        .isLessThanOrEqualTo(alone);
            }
        }
    }

    /** What no reader understands is no larger either, and its floats take what they take in a file that one does. */
    @ParameterizedTest
    @CsvSource({"F32, 4", "F16, 2", "BF16, 2", "F64, 8"})
    void floatsAmongOpaqueBytesCostWhatTensorsDo(String dtype, int width) throws IOException {
        List<List<Integer>> shapes = List.of(List.of(1200, 600), List.of(64, 64, 3, 3));
        byte[] model = model(dtype, width, Content.WEIGHTS, 1, shapes);
        ByteArrayOutputStream opaque = new ByteArrayOutputStream();
        opaque.writeBytes("some header of an unknown format\0\1\2".getBytes(StandardCharsets.US_ASCII));
        opaque.write(model, 8, model.length - 8);
        byte[] stranger = model(dtype, width, Content.WEIGHTS, 2, shapes);
        long asTensors = stored(null, file("tensors", model));
        Path bytes = Files.write(dir.resolve("child.unknown"), opaque.toByteArray());
        long alone = stored(null, bytes);

        assertThat(alone).isBetween(asTensors / 2, asTensors + asTensors / 50 + 1000);
        stranger[0] ^= 0x55;
        assertThat(stored(Files.write(dir.resolve("stranger.unknown"), stranger), bytes))
                .isLessThanOrEqualTo(alone);
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(dir.resolve(name + ".safetensors"), bytes);
    }

    private static byte[] model(String dtype, int width, Content content, long seed) {
        return model(dtype, width, content, seed, SHAPES);
    }

    private static byte[] model(String dtype, int width, Content content, long seed, List<List<Integer>> shapes) {
        SplittableRandom random =
                new SplittableRandom(31 * seed + content.name().hashCode());
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < shapes.size(); i++) {
            int from = data.size();
            data.writeBytes(tensor(dtype, width, content, shapes.get(i), random));
            header.append(i == 0 ? "" : ",")
                    .append("\"layer." + i + ".weight\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shapes.get(i)
                            + ",\"data_offsets\":[" + from + "," + data.size() + "]}");
        }
        byte[] json = header.append("}").toString().getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(8 + json.length + data.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(data.toByteArray())
                .array();
    }

    private static byte[] tensor(
            String dtype, int width, Content content, List<Integer> shape, SplittableRandom random) {
        int count = shape.stream().reduce(1, (a, b) -> a * b);
        int row = shape.get(shape.size() - 1);
        ByteBuffer out = ByteBuffer.allocate(count * width).order(ByteOrder.LITTLE_ENDIAN);
        double[] few = random.doubles(20, -1, 1).toArray();
        double[] first = random.doubles(row, -1, 1).toArray();
        for (int i = 0; i < count; i++) {
            double value = switch (content) {
                case WEIGHTS -> (random.nextDouble() + random.nextDouble() - 1) * 0.1;
                case FEW_VALUES -> few[random.nextInt(few.length)];
                case MASK -> i % row <= i / row % row ? 0 : -1;
                case REPEATED_ROWS -> first[i % row];
                case MOSTLY_ZERO -> random.nextInt(40) == 0 ? random.nextDouble() : 0;
                case COUNTING -> i / 100.0;
                case RANDOM_BITS -> random.nextDouble(-1, 1);
            };
            put(out, dtype, value, content == Content.RANDOM_BITS ? random.nextLong() : 0);
        }
        return out.array();
    }

    /** @param bits flipped in the value, if its dtype has room */
    private static void put(ByteBuffer out, String dtype, double value, long bits) {
        switch (dtype) {
            case "F64" -> out.putLong(Double.doubleToRawLongBits(value) ^ bits);
            case "F32" -> out.putInt(Float.floatToRawIntBits((float) value) ^ (int) bits);
            case "BF16" -> out.putShort((short) ((Float.floatToRawIntBits((float) value) >>> 16) ^ bits));
            case "F16" -> out.putShort((short) (half((float) value) ^ bits));
            case "I64" -> out.putLong((long) (value * 1000) ^ bits);
            case "I32" -> out.putInt((int) (value * 1000) ^ (int) bits);
            case "I16" -> out.putShort((short) ((int) (value * 1000) ^ bits));
            case "BOOL" -> out.put((byte) (value < 0 ? 1 : 0));
            default -> out.put((byte) ((int) (value * 100) ^ bits));
        }
    }

    /** Cut off rather than rounded, and 0 below the least normal number. */
    private static int half(float value) {
        int bits = Float.floatToRawIntBits(value);
        int exponent = (bits >>> 23 & 0xff) - 112;
        return exponent <= 0 ? bits >>> 16 & 0x8000 : bits >>> 16 & 0x8000 | exponent << 10 | bits >>> 13 & 0x3ff;
    }

    /** Bytes that a commit of the child stores, in a repository of its own. */
    private long stored(@Nullable Path parent, Path child) throws IOException {
        Path folder = Files.createTempDirectory(dir, "repository-");
        try (Repository repository = Repository.init(folder)) {
            List<CommitRequest.Origin> origins = List.of();
            if (parent != null) {
                CommitResult result = commit(repository, "stranger", parent, List.of());
                origins = List.of(new CommitRequest.Origin(result.version(), EdgeKind.FINETUNE));
            }
            return commit(repository, "child", child, origins).storedBytes();
        }
    }

    private static CommitResult commit(
            Repository repository, String model, Path file, List<CommitRequest.Origin> origins) throws IOException {
        var request = new CommitRequest(
                file,
                Optional.of(model),
                Optional.empty(),
                origins,
                Map.of(),
                new Person("A", "a@b"),
                Instant.EPOCH,
                Map.of());
        try (WriterLock lock = repository.lock("test", Duration.ofSeconds(10), notice -> {})) {
            return new Commits(repository, CopyProgress.none()).commit(request, lock);
        }
    }
}
