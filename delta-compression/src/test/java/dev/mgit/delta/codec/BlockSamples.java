package dev.mgit.delta.codec;

import dev.mgit.delta.Dtype;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Made blocks and predictions from a seed, of the shapes real checkpoints and hostile ones have. */
final class BlockSamples {
    enum Kind {
        RANDOM_BITS,
        SPECIALS,
        CONSTANT,
        ZERO,
        SPARSE_CHANGE,
        FINE_TUNE,
        UNRELATED,
        PALETTE,
        TRAILING_ZEROS,
        TRAILING_ZEROS_OUTLIERS,
        SMALL_INTEGERS,
        IDENTICAL
    }

    final byte[] raw;
    final byte[] prediction;

    private BlockSamples(byte[] raw, byte[] prediction) {
        this.raw = raw;
        this.prediction = prediction;
    }

    static BlockSamples make(Kind kind, Dtype dtype, int length, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        WordForm form = WordForm.of(dtype);
        int log = form.log2Bytes();
        int count = (length >> log) + 1;
        long[] raw = new long[count];
        long[] predicted = new long[count];
        long[] pool = random.longs(37).toArray();
        for (int i = 0; i < count; i++) {
            long p = form.isFloat() ? weight(random, form, 0.03) : random.nextLong() >> random.nextInt(8, 64);
            predicted[i] = p;
            raw[i] = switch (kind) {
                case RANDOM_BITS -> random.nextLong();
                case SPECIALS -> special(random, form);
                case CONSTANT -> pool[0];
                case ZERO -> 0;
                case SPARSE_CHANGE -> random.nextInt(30) == 0 ? p + random.nextInt(-4, 5) : p;
                case FINE_TUNE ->
                    p + Math.round(random.nextDouble(-1, 1) * random.nextDouble() * (1L << (form.bits() / 2)));
                case UNRELATED ->
                    form.isFloat() ? weight(random, form, 0.5) : random.nextLong() >> random.nextInt(8, 64);
                case PALETTE -> pool[random.nextInt(pool.length)];
                case TRAILING_ZEROS -> (p + random.nextInt(-9, 9)) << (form.maxShift() / 2);
                case TRAILING_ZEROS_OUTLIERS ->
                    random.nextInt(5000) == 0 ? p : (p >>> (form.maxShift() / 2)) << (form.maxShift() / 2);
                case SMALL_INTEGERS -> random.nextInt(-20, 20);
                case IDENTICAL -> p;
            };
        }
        return new BlockSamples(bytes(raw, log, length), bytes(predicted, log, length));
    }

    private static byte[] bytes(long[] words, int log, int length) {
        byte[] bytes = new byte[words.length << log];
        LittleEndianWords.store(words, words.length, bytes, log, 0);
        return Arrays.copyOf(bytes, length);
    }

    private static long special(SplittableRandom random, WordForm form) {
        long sign = form.magnitudeMask() + 1;
        long exponent = ((1L << form.exponentBits()) - 1) << Math.max(0, form.maxShift());
        return switch (random.nextInt(5)) {
            case 0 -> sign; // -0
            case 1 -> exponent | (random.nextLong() & 3); // infinity, NaN payloads
            case 2 -> sign | exponent | random.nextLong();
            case 3 -> random.nextLong() & 7; // subnormal
            default -> random.nextLong() & form.magnitudeMask();
        };
    }

    /** The bits of a normal variate, as near as the format has it. */
    static long weight(SplittableRandom random, WordForm form, double deviation) {
        return bits(gaussian(random) * deviation, form);
    }

    static double gaussian(SplittableRandom random) {
        return Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
    }

    /** Rounds to nearest even into a float format of up to 8 exponent bits by way of float; F64 as it is. */
    static long bits(double value, WordForm form) {
        if (form.log2Bytes() == 3) {
            return Double.doubleToRawLongBits(value);
        }
        int bits = Float.floatToRawIntBits((float) value);
        int sign = bits >>> 31;
        int magnitude = bits & 0x7fffffff;
        int mantissa = form.bits() - 1 - form.exponentBits();
        int drop = 23 - mantissa;
        int bias = 127 - ((1 << (form.exponentBits() - 1)) - 1);
        long rounded;
        if ((magnitude >>> 23) > bias) {
            rounded = magnitude - ((long) bias << 23);
            rounded = drop == 0 ? rounded : (rounded + (1L << (drop - 1)) - 1 + ((rounded >>> drop) & 1)) >>> drop;
        } else {
            rounded = Math.round(Math.abs((float) value) * Math.pow(2, 126 - bias + mantissa));
        }
        return (long) sign << (form.bits() - 1) | Math.min(rounded, form.magnitudeMask());
    }
}
