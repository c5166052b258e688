package dev.mgit.bench;

import dev.mgit.delta.codec.ZstdFrames;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Byte planes of the XOR with the parent, each a zstd frame or, if that is no smaller, as it is. With zstd level 1 this
 * is BitX (ZipLLM, arXiv:2505.06252); with its Huffman stage alone, and 16-bit floats turned so that the exponent has a
 * plane to itself, it is ZipNN (arXiv:2411.05239).
 */
final class BytePlanes implements ReferenceCodec {
    private final String name;
    private final ZstdFrames zstd;
    private final int width;
    private final boolean turned;
    private byte[] work = new byte[0];
    private byte[] planes = new byte[0];

    private BytePlanes(String name, ZstdFrames zstd, int width, boolean turned) {
        this.name = name;
        this.zstd = zstd;
        this.width = width;
        this.turned = turned;
    }

    /** @param width bytes of a word */
    static BytePlanes bitX(int width) {
        return new BytePlanes("BitX", ZstdFrames.ofLevel(1), width, false);
    }

    static BytePlanes zipNn(int width) {
        return new BytePlanes("ZipNN", ZstdFrames.huffmanOnly(), width, width == 2);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int encode(byte[] raw, byte @Nullable [] predicted, byte[] out) {
        reserve(raw.length);
        int count = raw.length / width;
        for (int i = 0; i < raw.length; i++) {
            work[i] = (byte) (predicted == null ? raw[i] : raw[i] ^ predicted[i]);
        }
        turn(count, 1);
        int size = 0;
        for (int plane = 0; plane < width; plane++) {
            for (int i = 0, k = plane; i < count; i++, k += width) {
                planes[i] = work[k];
            }
            int coded = zstd.compress(planes, 0, count, out, size + 4);
            if (coded >= count) {
                System.arraycopy(planes, 0, out, size + 4, count);
                coded = count;
            }
            integers(out).putInt(size, coded);
            size += 4 + coded;
        }
        System.arraycopy(work, count * width, out, size, raw.length - count * width);
        return size + raw.length - count * width;
    }

    @Override
    public void decode(byte[] coded, int size, byte @Nullable [] predicted, byte[] target) {
        reserve(target.length);
        int count = target.length / width;
        int at = 0;
        for (int plane = 0; plane < width; plane++) {
            int length = integers(coded).getInt(at);
            if (length == count) {
                System.arraycopy(coded, at + 4, planes, 0, count);
            } else {
                zstd.decompress(coded, at + 4, length, planes, 0, count);
            }
            at += 4 + length;
            for (int i = 0, k = plane; i < count; i++, k += width) {
                work[k] = planes[i];
            }
        }
        System.arraycopy(coded, at, work, count * width, target.length - count * width);
        turn(count, 15);
        for (int i = 0; i < target.length; i++) {
            target[i] = (byte) (predicted == null ? work[i] : work[i] ^ predicted[i]);
        }
    }

    private void reserve(int length) {
        if (work.length < length) {
            work = new byte[length];
            planes = new byte[length];
        }
    }

    /** Rotates 16-bit words left, so that a bfloat16's sign is its lowest bit and its exponent the high byte. */
    private void turn(int count, int by) {
        if (!turned) {
            return;
        }
        for (int k = 0; k < 2 * count; k += 2) {
            int word = (work[k] & 0xff) | (work[k + 1] & 0xff) << 8;
            int rotated = word << by | word >>> (16 - by);
            work[k] = (byte) rotated;
            work[k + 1] = (byte) (rotated >> 8);
        }
    }

    private static ByteBuffer integers(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {
        zstd.close();
    }
}
