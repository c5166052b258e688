package dev.mgit.delta.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.MemoryByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On files that h5py wrote, with the structures of every version, and on Keras models. */
class Hdf5Test {
    @ParameterizedTest
    @ValueSource(strings = {"earliest.h5", "v108.h5", "latest.h5"})
    void readsDatasets(String file) throws IOException {
        byte[] bytes = Hostile.real(file);

        Layout layout = Hostile.layout(file, bytes);

        assertThat(layout.format()).isEqualTo("hdf5");
        Hostile.covers(layout, bytes.length);
        assertThat(layout.tensors())
                .extracting(LogicalTensor::spec)
                .contains(
                        new TensorSpec("layer/kernel", Dtype.F32, List.of(4L, 3L)),
                        new TensorSpec("layer/tied", Dtype.F32, List.of(4L, 3L)),
                        new TensorSpec("layer/bias", Dtype.F16, List.of(3L)),
                        new TensorSpec("big", Dtype.F64, List.of(2L, 2L)),
                        new TensorSpec("flags", Dtype.BOOL, List.of(2L)),
                        new TensorSpec("scalar", Dtype.I64, List.of()),
                        new TensorSpec("empty", Dtype.F32, List.of(0L, 4L)),
                        new TensorSpec("one", Dtype.F32, List.of(4L, 4L)));
        assertThat(layout.tensors().stream().map(LogicalTensor::name))
                .filteredOn(name -> name.startsWith("many/"))
                .hasSize(20);
        assertThat(layout.tensors().stream().map(LogicalTensor::name)).doesNotContain("words", "soft");
        assertThat(seen(layout, "layer/tied").place())
                .isEqualTo(seen(layout, "layer/kernel").place());
        ramp(bytes, seen(layout, "layer/kernel"), 0);
        ramp(bytes, seen(layout, "one"), 0);
        ramp(bytes, seen(layout, "many/17"), 17);
        assertThat(seen(layout, "big").open(new MemoryByteSource(bytes)).size()).isEqualTo(32);
        byte[] last = new byte[8];
        seen(layout, "big").open(new MemoryByteSource(bytes)).read(24, last, 0, 8);
        assertThat(ByteBuffer.wrap(last).order(ByteOrder.LITTLE_ENDIAN).getDouble())
                .isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"earliest.h5", "v108.h5", "latest.h5"})
    void listsWhatItCannotLayOut(String file) {
        Layout layout = Hostile.layout(file, Hostile.real(file));

        assertThat(seen(layout, "packed").unreadable()).contains("it is compressed");
        assertThat(seen(layout, "complex").unreadable()).contains("its elements are no plain numbers");
    }

    /** As h5py gives it. */
    @ParameterizedTest
    @ValueSource(strings = {"earliest.h5", "v108.h5", "latest.h5"})
    void whatWasNeverWrittenIsZero(String file) throws IOException {
        byte[] bytes = Hostile.real(file);
        LogicalTensor unwritten = seen(Hostile.layout(file, bytes), "unwritten");

        assertThat(unwritten.spec()).isEqualTo(new TensorSpec("unwritten", Dtype.F32, List.of(2L, 2L)));
        assertThat(data(bytes, unwritten)).isEqualTo(new byte[16]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"earliest.h5", "latest.h5"})
    void everyChunkIsARangeAndTheTensorIsWhole(String file) throws IOException {
        byte[] bytes = Hostile.real(file);
        Layout layout = Hostile.layout(file, bytes);

        assertThat(Hostile.tensors(layout))
                .contains(
                        new TensorSpec("squares[0, 0]", Dtype.F32, List.of(2L, 2L)),
                        new TensorSpec("squares[2, 2]", Dtype.F32, List.of(2L, 2L)));
        assertThat(seen(layout, "squares").spec()).isEqualTo(new TensorSpec("squares", Dtype.F32, List.of(4L, 4L)));
        ramp(bytes, seen(layout, "squares"), 0);
    }

    /** 1,100 chunks, more than a page of their array holds; rows of another dataset may still come, up to a limit or not. */
    @Test
    void readsArraysOfChunksInPages() throws IOException {
        byte[] bytes = Hostile.real("paged.h5");
        Layout layout = Hostile.layout("paged.h5", bytes);

        Hostile.covers(layout, bytes.length);
        assertThat(Hostile.tensors(layout).stream()
                        .filter(tensor -> tensor.name().startsWith("paged[")))
                .hasSize(1100);
        for (int i : new int[] {0, 1, 550, 1023, 1024, 1099}) {
            int at = (int) Hostile.range(layout, "paged[" + i / 110 + ", " + i % 110 + "]")
                    .offset();
            assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getFloat(at))
                    .isEqualTo(i);
        }
        ramp(bytes, seen(layout, "paged"), 0);
        for (String growing : new String[] {"bounded", "endless", "both"}) {
            ramp(bytes, seen(layout, growing), 0);
            chunksHoldARamp(bytes, layout, growing, List.of(2L, 1L), List.of(4L, 2L));
        }
    }

    /** Along one dimension, the first or another, or along several; what is beyond the end in the last chunks is passed over. */
    @ParameterizedTest
    @ValueSource(strings = {"growing-earliest.h5", "growing-latest.h5"})
    void readsDatasetsThatMayGrow(String file) throws IOException {
        byte[] bytes = Hostile.real(file);
        Layout layout = Hostile.layout(file, bytes);

        Hostile.covers(layout, bytes.length);
        for (String name : new String[] {"first", "last", "all", "bounded", "kept", "big"}) {
            ramp(bytes, seen(layout, name), 0);
            chunksHoldARamp(bytes, layout, name, List.of(2L, 3L), List.of(5L, 7L));
        }
        byte[] many = new byte[110];
        seen(layout, "many").open(new MemoryByteSource(bytes)).read(0, many, 0, many.length);
        assertThat(many[109]).isEqualTo((byte) 109);
        ramp(bytes, seen(layout, "tree"), 0);
        chunksHoldARamp(bytes, layout, "tree", List.of(1L, 1L), List.of(10L, 12L));
        ramp(bytes, seen(layout, "wide"), 0);
        ramp(bytes, seen(layout, "typed"), 0);
        assertThat(seen(layout, "255").spec()).isEqualTo(new TensorSpec("255", Dtype.I8, List.of(200L)));
        for (String name : new String[] {"shuffled", "summed"}) {
            assertThat(seen(layout, name).unreadable()).contains("it is compressed");
        }
    }

    /** Pages of addresses that were never written hold anything. */
    @Test
    void passesOverChunksThatWereNeverWritten() throws IOException {
        byte[] bytes = Hostile.real("holes.h5");
        Layout layout = Hostile.layout("holes.h5", bytes);

        for (String name : new String[] {"growing", "fixed"}) {
            int last = name.equals("growing") ? 139_999 : 2_999;
            ByteBuffer values = ByteBuffer.wrap(data(bytes, seen(layout, name))).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i <= last; i++) {
                assertThat(values.getInt(4 * i)).isEqualTo(i == 1500 || i == last ? i : 0);
            }
            for (int i : new int[] {0, 1500, last}) {
                int at = (int) Hostile.range(layout, name + "[" + i + "]").offset();
                assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at))
                        .isEqualTo(i);
            }
        }
    }

    /** Two names alone are no truth values. */
    @ParameterizedTest
    @ValueSource(strings = {"enumerations-earliest.h5", "enumerations-latest.h5"})
    void anEnumerationIsItsNumbersUnlessItIsOfTrueAndFalse(String file) {
        Layout layout = Hostile.layout(file, Hostile.real(file));

        assertThat(seen(layout, "flags").spec().dtype()).isEqualTo(Dtype.BOOL);
        assertThat(seen(layout, "kinds").spec().dtype()).isEqualTo(Dtype.I8);
    }

    @Test
    void passesOverABlockOfTheUsers() throws IOException {
        byte[] bytes = Hostile.real("user-block.h5");

        ramp(bytes, seen(Hostile.layout("user-block.h5", bytes), "kernel"), 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"small.keras", "small.weights.h5"})
    void readsKerasModels(String file) throws IOException {
        byte[] bytes = Hostile.real(file);
        Layout layout = Hostile.layout(file, bytes);

        Hostile.covers(layout, bytes.length);
        assertThat(seen(layout, "layers/dense/vars/0").spec().shape()).isEqualTo(List.of(3L, 4L));
        ramp(bytes, seen(layout, "layers/dense/vars/0"), 0);
        ramp(bytes, seen(layout, "layers/dense_1/vars/0"), 0);
    }

    @Test
    void readsModelsOfKeras2() throws IOException {
        byte[] bytes = Hostile.real("legacy.h5");
        Layout layout = Hostile.layout("legacy.h5", bytes);

        LogicalTensor kernel = layout.tensors().stream()
                .filter(tensor -> tensor.name().startsWith("model_weights/hidden/")
                        && tensor.spec().shape().size() == 2)
                .findFirst()
                .orElseThrow();
        ramp(bytes, kernel, 0);
    }

    @Test
    void isNeverTakenWhenCutOff() {
        byte[] bytes = Hostile.real("user-block.h5");
        for (int length : Hostile.acceptedWhenCut("user-block.h5", bytes)) {
            assertThat(Hostile.layout("user-block.h5", Arrays.copyOf(bytes, length))
                            .format())
                    .isEqualTo(Formats.OPAQUE);
            assertThat(length).isLessThan(520); // the signature itself is cut
        }
    }

    @Test
    void saysWhereItIsCutOff() {
        byte[] bytes = Hostile.real("earliest.h5");

        assertThatThrownBy(() -> Hostile.layout("earliest.h5", Arrays.copyOf(bytes, bytes.length - 1)))
                .isInstanceOf(FormatException.class)
                .hasMessage("earliest.h5: its superblock says that it has " + bytes.length
                        + " bytes, but it ends at byte " + (bytes.length - 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"user-block.h5"})
    void withstandsEveryFlippedBit(String file) {
        Hostile.flipEveryBit(file, Hostile.real(file));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"earliest.h5", "v108.h5", "latest.h5", "growing-latest.h5", "small.weights.h5", "small.keras"})
    void withstandsMutationsOfSeed7(String file) {
        Hostile.mutate(file, Hostile.real(file), 7, 2_000);
    }

    /** Every element is in one chunk, named by its first element, and is its own index in row-major order. */
    private static void chunksHoldARamp(byte[] file, Layout layout, String name, List<Long> chunk, List<Long> shape) {
        long found = 0;
        for (Layout.Range range : layout.ranges()) {
            String part = range.tensor().map(TensorSpec::name).orElse("");
            if (part.startsWith(name + "[")) {
                List<Long> from = Stream.of(part.substring(name.length() + 1, part.length() - 1)
                                .split(", "))
                        .map(Long::parseLong)
                        .toList();
                found += inChunk(file, range, from, chunk, shape);
            }
        }
        assertThat(found).isEqualTo(new TensorSpec(name, Dtype.I8, shape).elements());
    }

    /** Elements of a dataset in a chunk of it. */
    private static long inChunk(byte[] file, Layout.Range range, List<Long> from, List<Long> chunk, List<Long> shape) {
        ByteBuffer data = ByteBuffer.wrap(file, (int) range.offset(), (int) range.length());
        long elements = new TensorSpec("chunk", Dtype.I8, chunk).elements();
        int width = (int) (range.length() / elements);
        Dtype dtype = range.tensor().orElseThrow().dtype();
        long found = 0;
        for (long i = 0; i < elements; i++) {
            long rest = i;
            long index = 0;
            long step = 1;
            boolean within = true;
            for (int d = shape.size() - 1; d >= 0; d--) {
                long at = from.get(d) + rest % chunk.get(d);
                rest /= chunk.get(d);
                within &= at < shape.get(d);
                index += at * step;
                step *= shape.get(d);
            }
            if (within) {
                int at = (int) (range.offset() + i * width);
                double value = dtype == Dtype.I8
                        ? data.get(at)
                        : dtype == Dtype.F32
                                ? data.order(ByteOrder.LITTLE_ENDIAN).getFloat(at)
                                : data.order(ByteOrder.BIG_ENDIAN).getInt(at);
                assertThat(value).isEqualTo((double) index);
                found++;
            }
        }
        return found;
    }

    private static byte[] data(byte[] file, LogicalTensor tensor) throws IOException {
        var source = tensor.open(new MemoryByteSource(file));
        byte[] data = new byte[(int) source.size()];
        source.read(0, data, 0, data.length);
        return data;
    }

    private static void ramp(byte[] file, LogicalTensor tensor, int first) throws IOException {
        ByteBuffer values = ByteBuffer.wrap(data(file, tensor)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < tensor.spec().elements(); i++) {
            double value = switch (tensor.spec().dtype()) {
                case I8 -> values.get(i);
                case I32 -> values.getInt(4 * i);
                default -> values.getFloat(4 * i);
            };
            assertThat(value).isEqualTo(first + i);
        }
    }

    private static LogicalTensor seen(Layout layout, String name) {
        return layout.tensors().stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + layout.tensors()));
    }
}
