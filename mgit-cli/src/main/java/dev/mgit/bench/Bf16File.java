package dev.mgit.bench;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Writes made bf16 weights at the speed of the disk: normal noise of deviation 0.02 from a table, and an update that
 * moves every eighth value to its neighbour. What is not filled is a hole, which reads as zeros and takes no disk.
 */
final class Bf16File {
    private static final int CHUNK = 1 << 20;
    private static final int VALUES = 1 << 16;
    private static final long SEED = 15;

    private final List<TensorSpec> tensors;
    private final double filled;
    private final short[] normal = new short[VALUES];

    /** @param filled share of the bytes, from the first tensor on, that are no hole */
    Bf16File(List<TensorSpec> tensors, double filled) {
        this.tensors = tensors;
        this.filled = filled;
        var random = new SplittableRandom(SEED);
        for (int i = 0; i < VALUES; i++) {
            normal[i] = (short) (Float.floatToIntBits((float) (0.02 * random.nextGaussian())) >>> 16);
        }
    }

    long size() {
        return SafetensorsHeader.of(tensors, Map.of()).fileSize();
    }

    /**
     * Writes the file.
     *
     * @param updated whether to write the child rather than the base
     * @return SHA-256 of the file, in hex
     */
    String write(Path file, boolean updated) throws IOException {
        SafetensorsHeader header = SafetensorsHeader.of(tensors, Map.of());
        MessageDigest digest = Hashes.sha256();
        long size = header.fileSize();
        long end = header.dataOffset() + (long) (filled * (size - header.dataOffset()));
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel out = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            byte[] start = header.bytes();
            digest.update(start);
            write(out, ByteBuffer.wrap(start), 0);
            for (long at = header.dataOffset(); at < size; at += chunk.limit()) {
                chunk.clear().limit((int) Math.min(CHUNK, size - at));
                boolean hole = at >= end;
                if (hole) {
                    java.util.Arrays.fill(chunk.array(), (byte) 0);
                } else {
                    fill(chunk, at, updated);
                }
                digest.update(chunk.array(), 0, chunk.limit());
                if (!hole || at + chunk.limit() == size) {
                    write(out, chunk.duplicate(), at);
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private void fill(ByteBuffer chunk, long at, boolean updated) {
        var random = new SplittableRandom(SEED + at);
        for (int i = 0; i < chunk.limit(); i += 8) {
            long bits = random.nextLong();
            for (int j = i; j < Math.min(i + 8, chunk.limit()); j += 2) {
                short value = normal[(int) (bits & 0xffff)];
                boolean moved = updated && (bits & 0x7000) == 0;
                chunk.putShort(j, moved ? (short) (value ^ 1) : value);
                bits >>>= 16;
            }
        }
    }

    private static void write(FileChannel out, ByteBuffer bytes, long at) throws IOException {
        long position = at;
        while (bytes.hasRemaining()) {
            position += out.write(bytes, position);
        }
    }
}
