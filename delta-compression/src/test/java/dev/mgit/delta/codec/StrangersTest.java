package dev.mgit.delta.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a block is predicted from, it takes no more than it does alone. Blocks are made from fixed seeds. */
class StrangersTest {
    /** Bytes that naming a prediction takes in a frame. */
    private static final int NAMING = 36;

    private static final int[] LENGTHS = {517, 1 << 15, 1 << 18};

    /** What the words of a block are like. */
    private enum Content {
        WEIGHTS,
        FEW_VALUES,
        SHORT_ROWS,
        LONG_ROWS,
        MOSTLY_ZERO,
        HALF_ZERO,
        STRETCHES,
        COUNTING,
        SMALL_THEN_LARGE,
        ROUNDED,
        RANDOM_BITS,
        /** Nothing but where samples are taken. */
        SAMPLED
    }

    /** What is taken for its parent. */
    private enum Parent {
        ANOTHER,
        WEIGHTS,
        /** The block itself with other low bits: what it promises is little, but not nothing. */
        BLURRED,
        /** The block itself one row on. */
        SHIFTED,
        /** What is right just where samples are taken. */
        RIGHT_IN_SAMPLES
    }

    private final BlockCoder coder = new BlockCoder();

    @AfterEach
    void close() {
        coder.close();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "F32", "F64", "F16", "BF16", "F8_E4M3", "F8_E5M2", "I8", "U8", "I16", "I32", "I64", "BOOL", "C64",
                "Q4_0"
            })
    void noBlockTakesMoreThanAlone(Dtype dtype) {
        for (Content content : Content.values()) {
            for (int length : LENGTHS) {
                byte[] raw = block(content, dtype, length, 1);
                for (Effort effort : new Effort[] {Effort.FAST, Effort.BALANCED}) {
                    byte[] out = new byte[BlockCoder.maxEncodedLength(raw.length)];
                    int alone = coder.encode(raw, raw.length, dtype, null, effort, out);
                    for (Parent parent : Parent.values()) {
                        byte[] stranger = parent(parent, raw, content, dtype);
                        String what =
                                content + " from " + parent + ", " + length + " bytes of " + dtype + ", " + effort;
                        assertNoWorse(raw, stranger, dtype, effort, alone, what);
                    }
                }
            }
        }
    }

    private void assertNoWorse(byte[] raw, byte[] stranger, Dtype dtype, Effort effort, int alone, String what) {
        byte[] payload = coder.encode(raw, raw.length, dtype, stranger, NAMING, effort);
        int named = BlockCoder.needsPrediction(payload) ? NAMING : 0;
        assertThat(payload.length + named).as(what).isLessThanOrEqualTo(alone);
        byte[] back = new byte[raw.length];
        coder.decode(payload, 0, payload.length, dtype, stranger, back, raw.length);
        assertThat(Arrays.equals(raw, back)).as(what).isTrue();
    }

    private static byte[] parent(Parent parent, byte[] raw, Content content, Dtype dtype) {
        int width = WordForm.of(dtype).bytes();
        SplittableRandom random = new SplittableRandom(3);
        byte[] stranger = switch (parent) {
            case ANOTHER -> block(content, dtype, raw.length, 2);
            case WEIGHTS -> block(Content.WEIGHTS, dtype, raw.length, 2);
            default -> raw.clone();
        };
        switch (parent) {
            case BLURRED -> {
                for (int at = 0; at < raw.length; at += width) {
                    stranger[at] ^= (byte) random.nextInt(8);
                }
            }
            case SHIFTED -> System.arraycopy(raw, 0, stranger, 60 * width, raw.length - 60 * width);
            case RIGHT_IN_SAMPLES -> {
                random.nextBytes(stranger);
                forSamples(
                        raw.length / width,
                        (first, count) -> System.arraycopy(raw, first * width, stranger, first * width, count * width));
            }
            default -> {}
        }
        return stranger;
    }

    @FunctionalInterface
    private interface Run {
        void words(int first, int count);
    }

    private static void forSamples(int count, Run run) {
        int runs = BlockSampling.runs(1 << 13, count);
        for (int i = 0; i < runs; i++) {
            int first = BlockSampling.first(i, runs, count);
            run.words(first, BlockSampling.length(first, count));
        }
    }

    private static byte[] block(Content content, Dtype dtype, int length, long seed) {
        WordForm form = WordForm.of(dtype);
        SplittableRandom random =
                new SplittableRandom(31 * seed + content.name().hashCode());
        int count = (length >> form.log2Bytes()) + 1;
        long[] words = new long[count];
        long[] few = random.longs(20).toArray();
        long stretch = 0;
        for (int i = 0; i < count; i++) {
            stretch = random.nextInt(600) == 0 ? word(random, form, 0.1) : stretch;
            words[i] = switch (content) {
                case WEIGHTS -> word(random, form, 0.03);
                case FEW_VALUES -> few[random.nextInt(few.length)];
                case SHORT_ROWS -> i < 60 ? word(random, form, 0.1) : words[i - 60];
                case LONG_ROWS -> i < 5000 ? word(random, form, 0.1) : words[i - 5000];
                case MOSTLY_ZERO -> random.nextInt(40) == 0 ? word(random, form, 1) : 0;
                case HALF_ZERO -> i < count / 2 ? 0 : word(random, form, 0.03);
                case STRETCHES -> stretch;
                case COUNTING -> form.isFloat() ? BlockSamples.bits(i / 100.0, form) : i;
                case SMALL_THEN_LARGE -> word(random, form, i * 7L / count % 2 == 0 ? 1e-3 : 0.3);
                case ROUNDED -> word(random, form, 0.03) >>> form.bits() / 3 << form.bits() / 3;
                case RANDOM_BITS -> random.nextLong();
                case SAMPLED -> 0;
            };
        }
        if (content == Content.SAMPLED) {
            forSamples(count, (first, run) -> {
                for (int i = first; i < first + run; i++) {
                    words[i] = random.nextLong();
                }
            });
        }
        byte[] bytes = new byte[count << form.log2Bytes()];
        LittleEndianWords.store(words, count, bytes, form.log2Bytes(), 0);
        return Arrays.copyOf(bytes, length);
    }

    private static long word(SplittableRandom random, WordForm form, double deviation) {
        return form.isFloat()
                ? BlockSamples.weight(random, form, deviation)
                : Math.round(BlockSamples.gaussian(random) * deviation * 1000);
    }
}
