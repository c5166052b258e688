package dev.mgit.delta.planner;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.numeric.Floats;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever names, dtypes, shapes and values a file and its parents have, a plan is made, and what it predicts each block from can be
 * decoded. Made: a file is a few tensors of names that planners look for.
 */
class PlannerFuzzTest {
    private static final int MOST_TENSORS = 8;
    private static final int MOST_BYTES = 1 << 14;
    private static final int BLOCK = 1 << 10;

    private static final String[] STEMS = {"h.0.w", "h.1.w"};
    private static final String[] ENDS = {
        "",
        ".weight",
        "_packed",
        "_scale",
        "_scale_inv",
        "_scales",
        "_scale_2",
        "_global_scale",
        "_blocks",
        "_zero_point",
        "_zero_points",
        "_quantized",
        ".scale",
        ".scales",
        ".zero_point",
        ".SCB",
        ".qdata",
        "._data",
        ".absmax",
        ".quant_map",
        ".nested_absmax",
        ".nested_quant_map",
        ".quant_state.bitsandbytes__nf4",
        ".quant_state.bitsandbytes__fp4",
        ".lora_A.weight",
        ".lora_B.weight",
        "_mask",
        "_orig",
        ".mask",
        ".qweight",
        ".qzeros",
        ".g_idx",
        "_g_idx",
        "_Q4",
        "_DQ_Q4",
        "_DQ_scales",
        ".exp_avg",
        ".exp_avg_sq",
        ".step"
    };
    private static final long[] DIMENSIONS = {0, 1, 2, 3, 7, 8, 16, 32, 48, 64, 96, 128, 256, 300, 4096};
    private static final long[] PARTS = {2, 3, 8, 16, 32, 64, 128};
    private static final Dtype[] USUAL = {
        Dtype.F32, Dtype.BF16, Dtype.F16, Dtype.F8_E4M3, Dtype.U8, Dtype.I8, Dtype.I32, Dtype.F8_E8M0, Dtype.BOOL
    };
    private static final Dtype[] DTYPES = Dtype.values();

    /** Tensors drawn at random. */
    static Stream<byte[]> files() {
        var random = new SplittableRandom(1);
        return Stream.generate(() -> {
                    byte[] bytes = new byte[200];
                    random.nextBytes(bytes);
                    return bytes;
                })
                .limit(40);
    }

    @MethodSource("files")
    @FuzzTest(maxDuration = "5m")
    void plan(byte[] bytes) {
        var input = new Input(bytes);
        var shelf = new InMemoryTensors();
        var candidates = new Candidates();
        for (int i = input.next(MOST_TENSORS); i >= 0; i--) {
            TensorSpec spec = input.spec();
            byte[] content = input.content(spec);
            candidates.add(shelf.put(spec.name(), spec.dtype(), spec.shape(), content, input.next(3), "parent"));
        }
        List<InMemoryTensors.Child> file = new ArrayList<>();
        for (int i = input.next(MOST_TENSORS); i >= 0; i--) {
            TensorSpec spec = input.spec();
            byte[] content = input.content(spec);
            InMemoryTensors.Child child = InMemoryTensors.Child.of(spec.name(), spec.dtype(), spec.shape(), content);
            file.forEach(other -> {
                child.beside(other);
                other.beside(child);
            });
            file.add(child);
        }
        var planner = new Planner(new EntropyCost());
        for (InMemoryTensors.Child child : file) {
            Optional<TensorPlan> plan = planner.plan(child, candidates);
            int step = BLOCK
                    / child.spec().dtype().blockBytes()
                    * child.spec().dtype().blockBytes();
            for (int at = 0; plan.isPresent() && at < child.bytes().length; at += step) {
                int length = Math.min(step, child.bytes().length - at);
                Optional<Prediction> prediction = plan.get().predictionFor(at, length);
                if (prediction.isPresent()) {
                    assertThat(shelf.predicted(prediction.get(), child.spec().dtype(), length))
                            .hasSize(length);
                }
            }
        }
    }

    /** Bytes that say what to make; zeros behind their end. */
    private static final class Input {
        private final byte[] bytes;
        private final List<List<Long>> shapes = new ArrayList<>();
        private final List<byte[]> contents = new ArrayList<>();
        private int at;

        Input(byte[] bytes) {
            this.bytes = bytes;
        }

        int next(int below) {
            return at < bytes.length ? Byte.toUnsignedInt(bytes[at++]) % below : 0;
        }

        TensorSpec spec() {
            String name = STEMS[next(STEMS.length)] + ENDS[next(ENDS.length)];
            Dtype dtype = next(4) == 0 ? DTYPES[next(DTYPES.length)] : USUAL[next(USUAL.length)];
            var spec = new TensorSpec(name, dtype, shape());
            boolean fits = spec.elements() % dtype.blockElements() == 0 && spec.byteLength() <= MOST_BYTES;
            spec = fits ? spec : new TensorSpec(name, dtype, List.of((long) dtype.blockElements() * 8));
            shapes.add(spec.shape());
            return spec;
        }

        /** That of another tensor, perhaps with fewer columns or rows, or a new one. */
        private List<Long> shape() {
            int kind = next(6);
            List<Long> shape = new ArrayList<>();
            if (kind < 5 && !shapes.isEmpty()) {
                shape.addAll(shapes.get(next(shapes.size())));
                long part = PARTS[next(PARTS.length)];
                int last = shape.size() - 1;
                switch (last < 0 ? 0 : kind) {
                    case 1 -> shape.set(last, shape.get(last) / part);
                    case 2 -> shape.replaceAll(dimension -> (dimension + part - 1) / part);
                    case 3 -> shape.remove(last);
                    case 4 -> Collections.reverse(shape);
                    default -> {}
                }
            } else {
                for (int i = next(5); i > 0; i--) {
                    shape.add(DIMENSIONS[next(DIMENSIONS.length)]);
                }
            }
            return shape;
        }

        /** Zeros, noise, small floats, or what another tensor has, somewhat changed. */
        byte[] content(TensorSpec spec) {
            byte[] content = new byte[(int) spec.byteLength()];
            int kind = next(5);
            if (kind == 1) {
                new SplittableRandom(next(256)).nextBytes(content);
            } else if (kind == 2 && spec.dtype().isFloat()) {
                var random = new SplittableRandom(next(256));
                float[] values = new float[(int) spec.elements()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (random.nextDouble() - 0.5);
                }
                Floats.write(spec.dtype(), values, content, 0, values.length);
            } else if (kind > 2 && !contents.isEmpty()) {
                byte[] other = contents.get(next(contents.size()));
                System.arraycopy(other, 0, content, 0, Math.min(other.length, content.length));
                for (int i = next(16); i > 0 && content.length > 0; i--) {
                    content[next(256) * 37 % content.length] ^= (byte) next(256);
                }
            }
            contents.add(content);
            return content;
        }
    }
}
