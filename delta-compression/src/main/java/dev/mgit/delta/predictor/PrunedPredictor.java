package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import java.util.List;

/**
 * The parent with some elements set to zero. The source is the parent, in the block's dtype.
 *
 * <p>Parameters: {@code mode:u8}, then: {@link #THRESHOLD} {@code magnitude:varint}, elements whose magnitude bits (all
 * but the sign) are at most that become zero; {@link #RUNS} {@code length:varint*}, runs of kept and zeroed elements in
 * turn, starting with kept, what follows the last run is kept; {@link #ROW_THRESHOLDS} {@code columns:varint
 * above:varint*}, one bound a row, elements whose magnitude bits are below it become zero; {@link #BITMAP} a bit an element, lowest first, set where
 * zeroed. With {@link #KEEP_SIGN} added to the mode negative elements become -0, as multiplying with a mask makes them.
 */
public final class PrunedPredictor implements Predictor {
    static final int THRESHOLD = 0;
    static final int RUNS = 1;
    static final int BITMAP = 2;
    static final int ROW_THRESHOLDS = 3;
    public static final int KEEP_SIGN = 4;

    public static byte[] threshold(long magnitude, int flags) {
        return new FieldWriter().u8(THRESHOLD | flags).varint(magnitude).toBytes();
    }

    /** @param above one bound a row; those with few leading bits set are short */
    public static byte[] rowThresholds(Dtype dtype, int columns, long[] above, int flags) {
        FieldWriter out = new FieldWriter().u8(ROW_THRESHOLDS | flags).varint(columns);
        int unused = 65 - 8 * dtype.bytes();
        for (long bound : above) {
            out.varint(Long.reverse(bound << unused));
        }
        return out.toBytes();
    }

    /** The shorter of the two ways to spell a mask. */
    public static byte[] mask(boolean[] zeroed, int flags) {
        FieldWriter runs = new FieldWriter().u8(RUNS | flags);
        int start = 0;
        boolean current = false;
        for (int i = 0; i < zeroed.length && runs.size() <= zeroed.length / 8; i++) {
            if (zeroed[i] != current) {
                runs.varint(i - start);
                start = i;
                current = !current;
            }
        }
        if (current) {
            runs.varint(zeroed.length - start);
        }
        if (runs.size() <= zeroed.length / 8) {
            return runs.toBytes();
        }
        byte[] bits = new byte[(zeroed.length + 7) / 8];
        for (int i = 0; i < zeroed.length; i++) {
            if (zeroed[i]) {
                bits[i / 8] |= (byte) (1 << (i % 8));
            }
        }
        return new FieldWriter().u8(BITMAP | flags).bytes(bits).toBytes();
    }

    @Override
    public int code() {
        return 9 * 16 + 1;
    }

    @Override
    public String name() {
        return "pruned";
    }

    @Override
    public boolean firstIsLikeTheBlock() {
        return true;
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        FieldReader in = PredictorParameters.reader(this, parameters);
        int count = PredictorParameters.elements(this, dtype, length);
        System.arraycopy(PredictorParameters.only(this, inputs, length), 0, target, 0, length);
        int mode = in.u8();
        in.require(mode < 2 * KEEP_SIGN, "mode " + mode);
        Zeroing zeroing = new Zeroing(target, dtype, (mode & KEEP_SIGN) != 0);
        switch (mode & (KEEP_SIGN - 1)) {
            case THRESHOLD -> {
                long magnitude = in.varint(Long.MAX_VALUE, "the threshold");
                for (int i = 0; i < count; i++) {
                    if (zeroing.magnitude(i) <= magnitude) {
                        zeroing.zero(i);
                    }
                }
            }
            case ROW_THRESHOLDS -> rows(in, zeroing, count);
            case RUNS -> runs(in, zeroing, count);
            case BITMAP -> {
                int bitmap = in.skip((count + 7) / 8);
                for (int i = 0; i < count; i++) {
                    if ((parameters[bitmap + i / 8] >> (i % 8) & 1) != 0) {
                        zeroing.zero(i);
                    }
                }
            }
            default -> throw PredictorParameters.bad(this, "mode " + mode);
        }
        in.expectEnd();
    }

    private static void rows(FieldReader in, Zeroing zeroing, int count) {
        int columns = in.varint(Math.max(1, count), "the columns");
        in.require(columns > 0 && count % columns == 0, "the block is not whole rows");
        in.require(zeroing.dtype().isFloat(), zeroing.dtype() + " is not a float");
        int unused = 65 - 8 * zeroing.dtype().bytes();
        for (int row = 0; row < count; row += columns) {
            long above = Long.reverse(in.varint(Long.MAX_VALUE >>> (unused - 1), "a threshold")) >>> unused;
            for (int i = row; i < row + columns; i++) {
                if (zeroing.magnitude(i) < above) {
                    zeroing.zero(i);
                }
            }
        }
    }

    private static void runs(FieldReader in, Zeroing zeroing, int count) {
        int at = 0;
        boolean zero = false;
        while (in.remaining() > 0) {
            int end = at + in.varint(count - at, "a run");
            if (zero) {
                for (int i = at; i < end; i++) {
                    zeroing.zero(i);
                }
            }
            at = end;
            zero = !zero;
        }
    }

    /** Elements of any plain dtype as magnitudes, and as zeros. */
    @SuppressWarnings("ArrayRecordComponent") // a view, never compared
    public record Zeroing(byte[] bytes, Dtype dtype, boolean keepSign) {
        /** All bits but the sign; all bits of an integer. */
        public long magnitude(int element) {
            int width = dtype.bytes();
            long value = 0;
            for (int i = width - 1; i >= 0; i--) {
                value = value << 8 | (bytes[element * width + i] & 0xff);
            }
            return dtype.isFloat() ? value & (-1L >>> (65 - 8 * width)) : value;
        }

        void zero(int element) {
            int width = dtype.bytes();
            int last = (element + 1) * width - 1;
            byte sign = keepSign && dtype.isFloat() ? (byte) (bytes[last] & 0x80) : 0;
            for (int i = element * width; i < last; i++) {
                bytes[i] = 0;
            }
            bytes[last] = sign;
        }
    }
}
