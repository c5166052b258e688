package dev.mgit.delta.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.LogicalTensor.Order;
import dev.mgit.delta.layout.LogicalTensor.Piece;
import dev.mgit.delta.layout.LogicalTensor.Pieces;
import dev.mgit.delta.layout.LogicalTensor.Sign;
import dev.mgit.delta.layout.LogicalTensor.Strided;
import dev.mgit.delta.layout.LogicalTensor.Varints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Views of random shapes and strides, against one element at a time. */
class LogicalTensorTest {
    private static final List<Dtype> DTYPES =
            List.of(Dtype.U8, Dtype.I16, Dtype.F16, Dtype.F32, Dtype.I64, Dtype.C64, Dtype.C128);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void readsEveryElementOfAView(long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            LogicalTensor tensor = random(random, 0);
            byte[] file = new byte[(int) (tensor.offset() + tensor.span() + random.nextInt(8))];
            random.nextBytes(file);
            byte[] due = elementByElement(tensor, file);

            ByteSource data = tensor.open(new MemoryByteSource(file));

            assertThat(data.size()).isEqualTo(due.length);
            assertThat(read(data, 0, due.length)).as("%s", tensor).isEqualTo(due);
            int from = random.nextInt(due.length + 1);
            int length = random.nextInt(due.length - from + 1);
            assertThat(read(data, from, length))
                    .as("%s from %s", tensor, from)
                    .isEqualTo(Arrays.copyOfRange(due, from, from + length));
        }
    }

    /** What is written is read again, and nothing else in the file changes. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void writesEveryElementOfAView(long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            LogicalTensor tensor = random(random, 1);
            if (!tensor.canBeWritten()) {
                continue;
            }
            byte[] file = new byte[(int) (tensor.offset() + tensor.span() + random.nextInt(8))];
            random.nextBytes(file);
            byte[] before = file.clone();
            byte[] data = new byte[Math.toIntExact(tensor.spec().byteLength())];
            random.nextBytes(data);
            ByteSource source = new MemoryByteSource(file);

            tensor.write(
                    0,
                    data,
                    data.length,
                    source,
                    (position, bytes) -> System.arraycopy(bytes, 0, file, (int) position, bytes.length));

            assertThat(read(tensor.open(source), 0, data.length))
                    .as("%s", tensor)
                    .isEqualTo(data);
            byte[] old = read(tensor.open(new MemoryByteSource(before)), 0, data.length);
            tensor.write(
                    0,
                    old,
                    old.length,
                    source,
                    (position, bytes) -> System.arraycopy(bytes, 0, file, (int) position, bytes.length));
            assertThat(file).isEqualTo(before);
        }
    }

    /** A matrix in tiles, scattered over the file and without one of them, against one element at a time. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void readsAndWritesATensorInPieces(long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            boolean missing = i % 2 == 0;
            LogicalTensor tensor = tiled(random, missing);
            byte[] file = new byte[(int) (tensor.offset() + tensor.span() + random.nextInt(8))];
            random.nextBytes(file);
            tensor.check(file.length);
            byte[] due = pieceByPiece(tensor, file);
            ByteSource source = new MemoryByteSource(file);

            assertThat(read(tensor.open(source), 0, due.length))
                    .as("%s", tensor)
                    .isEqualTo(due);
            int from = random.nextInt(due.length + 1);
            int length = random.nextInt(due.length - from + 1);
            assertThat(read(tensor.open(source), from, length)).isEqualTo(Arrays.copyOfRange(due, from, from + length));
            assertThat(tensor.canBeWritten()).isEqualTo(!missing);
            if (tensor.canBeWritten()) {
                byte[] before = file.clone();
                byte[] data = new byte[due.length];
                random.nextBytes(data);
                for (byte[] next : List.of(data, due)) {
                    tensor.write(
                            0,
                            next,
                            next.length,
                            source,
                            (position, bytes) -> System.arraycopy(bytes, 0, file, (int) position, bytes.length));
                    assertThat(read(tensor.open(source), 0, next.length)).isEqualTo(next);
                }
                assertThat(file).isEqualTo(before);
            }
        }
    }

    @Test
    void piecesOfAnotherTensorAreRefused() {
        var spec = new TensorSpec("w", Dtype.F32, List.of(4L, 4L));
        for (Piece piece : List.of(
                new Piece(0, List.of(2L, 0L), List.of(3L, 4L)),
                new Piece(0, List.of(0L), List.of(4L)),
                new Piece(-1, List.of(0L, 0L), List.of(1L, 1L)),
                new Piece(60, List.of(0L, 0L), List.of(1L, 2L)),
                new Piece(0, List.of(0L, 0L), List.of(0L, 4L)))) {
            var tensor = new LogicalTensor(spec, new Pieces(List.of(piece), List.of(4L, 1L), Order.LITTLE_ENDIAN));
            assertThatThrownBy(() -> tensor.check(64)).isInstanceOf(FormatException.class);
        }
        Piece whole = new Piece(0, List.of(0L, 0L), List.of(4L, 4L));
        var twice = new LogicalTensor(spec, new Pieces(List.of(whole, whole), List.of(4L, 1L), Order.LITTLE_ENDIAN));
        assertThatThrownBy(() -> twice.check(64)).isInstanceOf(FormatException.class);
    }

    private static LogicalTensor tiled(Random random, boolean missing) {
        List<Long> shape = List.of(2L + random.nextInt(6), 2L + random.nextInt(6), 1L + random.nextInt(3));
        List<Long> tile = List.of(1L + random.nextInt(3), 1L + random.nextInt(3), 1L + random.nextInt(3));
        List<Long> strides = LogicalTensor.rowMajorStrides(tile);
        Dtype dtype = DTYPES.get(random.nextInt(DTYPES.size()));
        long step = tile.get(0) * tile.get(1) * tile.get(2) * dtype.bytes() + random.nextInt(3);
        List<Piece> pieces = new ArrayList<>();
        for (long x = 0; x < shape.get(0); x += tile.get(0)) {
            for (long y = 0; y < shape.get(1); y += tile.get(1)) {
                for (long z = 0; z < shape.get(2); z += tile.get(2)) {
                    List<Long> from = List.of(x, y, z);
                    List<Long> within = new ArrayList<>();
                    for (int d = 0; d < 3; d++) {
                        within.add(Math.min(tile.get(d), shape.get(d) - from.get(d)));
                    }
                    pieces.add(new Piece(3 + step * pieces.size(), from, within));
                }
            }
        }
        Collections.shuffle(pieces, random);
        List<Piece> kept = missing ? pieces.subList(1, pieces.size()) : pieces;
        Order order = random.nextBoolean() ? Order.BIG_ENDIAN : Order.LITTLE_ENDIAN;
        return new LogicalTensor(new TensorSpec("w", dtype, shape), new Pieces(kept, strides, order));
    }

    private static byte[] pieceByPiece(LogicalTensor tensor, byte[] file) {
        Pieces place = (Pieces) tensor.place();
        byte[] data = new byte[Math.toIntExact(tensor.spec().byteLength())];
        int width = tensor.spec().dtype().bytes();
        List<Long> steps = LogicalTensor.rowMajorStrides(tensor.spec().shape());
        for (Piece piece : place.pieces()) {
            for (long x = 0; x < piece.shape().get(0); x++) {
                for (long y = 0; y < piece.shape().get(1); y++) {
                    for (long z = 0; z < piece.shape().get(2); z++) {
                        List<Long> at = List.of(x, y, z);
                        long there = 0;
                        long here = 0;
                        for (int d = 0; d < 3; d++) {
                            there += at.get(d) * place.strides().get(d);
                            here += (at.get(d) + piece.from().get(d)) * steps.get(d);
                        }
                        var whole = new LogicalTensor(
                                new TensorSpec("e", tensor.spec().dtype(), List.of()),
                                new Strided(piece.offset() + there * width, List.of(), place.order(), Sign.AS_STORED));
                        System.arraycopy(elementByElement(whole, file), 0, data, (int) here * width, width);
                    }
                }
            }
        }
        return data;
    }

    /** Too large to be read at once, and with a wide step: read in runs. */
    @Test
    void readsALargeTransposedMatrix() throws IOException {
        int rows = 1500;
        int columns = 700;
        byte[] file = new byte[rows * columns * 4];
        new Random(9).nextBytes(file);
        var spec = new TensorSpec("w", Dtype.F32, List.of((long) columns, (long) rows));
        var turned = new LogicalTensor(
                spec, new Strided(0, List.of(1L, (long) columns), Order.LITTLE_ENDIAN, Sign.AS_STORED));

        byte[] data = read(turned.open(new MemoryByteSource(file)), 0, file.length);

        for (int i = 0; i < rows * columns; i++) {
            int at = (i % rows * columns + i / rows) * 4;
            assertThat(Arrays.equals(data, i * 4, i * 4 + 4, file, at, at + 4)).isTrue();
        }
    }

    @Test
    void readsVarintsOfEveryWidthFromAnywhere() throws IOException {
        Random random = new Random(3);
        for (Dtype dtype : List.of(Dtype.I8, Dtype.F16, Dtype.I32, Dtype.I64)) {
            int count = 10_000;
            byte[] due = new byte[count * dtype.bytes()];
            var varints = new ByteArrayOutputStream();
            varints.write(0x7f);
            for (int i = 0; i < count; i++) {
                long value = random.nextLong() >> random.nextInt(64);
                for (int b = 0; b < dtype.bytes(); b++) {
                    due[i * dtype.bytes() + b] = (byte) (value >>> (8 * b));
                }
                varint(varints, value);
            }
            byte[] file = varints.toByteArray();
            var tensor = new LogicalTensor(
                    new TensorSpec("v", dtype, List.of((long) count)), new Varints(1, file.length - 1));
            ByteSource data = tensor.open(new MemoryByteSource(file));
            assertThat(VarintBytes.count(new MemoryByteSource(file), 1, file.length - 1))
                    .isEqualTo(count);
            for (int i = 0; i < 50; i++) {
                int from = random.nextInt(due.length);
                int length = random.nextInt(due.length - from + 1);
                assertThat(read(data, from, length)).isEqualTo(Arrays.copyOfRange(due, from, from + length));
            }
        }
    }

    @Test
    void equalTensorsAreEqualHoweverTheirStridesAreGiven() {
        var spec = new TensorSpec("w", Dtype.F32, List.of(1L, 3L, 1L));
        var given = new LogicalTensor(spec, new Strided(8, List.of(77L, 1L, 5L), Order.LITTLE_ENDIAN, Sign.AS_STORED));
        assertThat(given).isEqualTo(LogicalTensor.rowMajor(spec, 8));
        assertThat(given.isRowMajor()).isTrue();
    }

    @Test
    void whatReachesBeyondTheFileIsRefused() {
        var spec = new TensorSpec("w", Dtype.F32, List.of(2L, 3L));
        var far = new LogicalTensor(spec, new Strided(0, List.of(1L << 60, 1L), Order.LITTLE_ENDIAN, Sign.AS_STORED));
        assertThatThrownBy(() -> far.check(100))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("w");
        assertThatThrownBy(() -> LogicalTensor.rowMajor(spec, 80).check(100)).isInstanceOf(FormatException.class);
        LogicalTensor.rowMajor(spec, 76).check(100);
    }

    private static LogicalTensor random(Random random, int leastStride) {
        Dtype dtype = DTYPES.get(random.nextInt(DTYPES.size()));
        List<Long> shape = new ArrayList<>();
        List<Long> strides = new ArrayList<>();
        for (int rank = random.nextInt(5); rank > 0; rank--) {
            shape.add((long) random.nextInt(random.nextInt(10) == 0 ? 2 : 7));
            strides.add((long) leastStride + random.nextInt(random.nextBoolean() ? 4 : 40));
        }
        Order order = dtype.bytes() > 1 && random.nextInt(3) == 0 ? Order.BIG_ENDIAN : Order.LITTLE_ENDIAN;
        Sign sign = Sign.of(dtype.isComplex() && random.nextBoolean(), random.nextInt(3) == 0);
        return new LogicalTensor(
                new TensorSpec("w", dtype, shape), new Strided(random.nextInt(20), strides, order, sign));
    }

    private static byte[] elementByElement(LogicalTensor tensor, byte[] file) {
        int width = tensor.spec().dtype().bytes();
        int count = Math.toIntExact(tensor.spec().elements());
        byte[] all = new byte[count * width];
        for (int i = 0; i < count; i++) {
            long at = tensor.offset();
            int left = i;
            for (int d = tensor.spec().shape().size() - 1; d >= 0; d--) {
                int size = tensor.spec().shape().get(d).intValue();
                long stride = tensor.place() instanceof Strided strided
                        ? strided.strides().get(d)
                        : LogicalTensor.rowMajorStrides(tensor.spec().shape()).get(d);
                at += left % size * stride * width;
                left /= size;
            }
            System.arraycopy(file, (int) at, all, i * width, width);
        }
        if (tensor.place() instanceof Strided strided) {
            new ElementBytes(tensor.spec().dtype(), strided).asUsed(all, 0, count);
        }
        return all;
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long left = value;
        while ((left & ~0x7fL) != 0) {
            out.write((int) (left & 0x7f | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }

    private static byte[] read(ByteSource source, int from, int length) throws IOException {
        byte[] bytes = new byte[length];
        source.read(from, bytes, 0, length);
        return bytes;
    }
}
