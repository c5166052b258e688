package dev.mgit.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * FM-Delta (NeurIPS 2024): floats as order-preserving integers, their difference to the parent's as a symbol of sign
 * and bit length under an adaptive range coder, and the bits below the leading one as they are. Without a parent the
 * difference is to zero. Words of two or four bytes.
 */
final class FmDelta implements ReferenceCodec {
    private final int width;
    private final RangeModel model = new RangeModel(2 * 33);

    FmDelta(int width) {
        this.width = width;
    }

    @Override
    public String name() {
        return "FM-Delta";
    }

    @Override
    public int encode(byte[] raw, byte @Nullable [] predicted, byte[] out) {
        model.startEncode(out);
        ByteBuffer words = words(raw);
        int count = raw.length / width;
        for (int i = 0; i < count; i++) {
            long difference = (ordered(word(words, i)) - parent(predicted, i)) << (64 - 8 * width) >> (64 - 8 * width);
            long size = Math.abs(difference);
            int bits = 64 - Long.numberOfLeadingZeros(size);
            model.encode(difference < 0 ? 33 + bits - 1 : bits);
            if (bits > 1) {
                model.encodeBits((int) (size & ~(-1L << (bits - 1))), bits - 1);
            }
        }
        int size = model.finishEncode();
        System.arraycopy(raw, count * width, out, size, raw.length - count * width);
        return size + raw.length - count * width;
    }

    @Override
    public void decode(byte[] coded, int size, byte @Nullable [] predicted, byte[] target) {
        model.startDecode(coded);
        ByteBuffer words = words(target);
        int count = target.length / width;
        for (int i = 0; i < count; i++) {
            int symbol = model.decode();
            boolean negative = symbol >= 33;
            int bits = negative ? symbol - 33 + 1 : symbol;
            long below = bits > 1 ? model.decodeBits(bits - 1) : 0;
            long difference = bits == 0 ? 0 : 1L << (bits - 1) | below;
            long image = parent(predicted, i) + (negative ? -difference : difference);
            put(words, i, unordered(image));
        }
        int tail = target.length - count * width;
        System.arraycopy(coded, size - tail, target, count * width, tail);
    }

    private long parent(byte @Nullable [] predicted, int i) {
        return predicted == null ? 1L << (8 * width - 1) : ordered(word(words(predicted), i));
    }

    /** Negative floats below positive ones: all bits flipped under a sign, else the sign alone. */
    private long ordered(long word) {
        long sign = 1L << (8 * width - 1);
        return (word & sign) != 0 ? ~word & (2 * sign - 1) : word | sign;
    }

    private long unordered(long image) {
        long sign = 1L << (8 * width - 1);
        return (image & sign) != 0 ? image & (sign - 1) : ~image & (2 * sign - 1);
    }

    private static ByteBuffer words(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private long word(ByteBuffer words, int i) {
        return width == 2 ? words.getShort(2 * i) & 0xffffL : words.getInt(4 * i) & 0xffffffffL;
    }

    private void put(ByteBuffer words, int i, long word) {
        if (width == 2) {
            words.putShort(2 * i, (short) word);
        } else {
            words.putInt(4 * i, (int) word);
        }
    }

    @Override
    public void close() {}
}
