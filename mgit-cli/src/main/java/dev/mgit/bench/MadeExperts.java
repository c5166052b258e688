package dev.mgit.bench;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A made mixture of experts in bf16, one block, written in the layouts that libraries keep them in. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record MadeExperts(List<Expert> experts, byte[] router) {
    public static final int HIDDEN = 64;
    public static final int WIDTH = 256;
    public static final long FFN_BYTES = 3L * HIDDEN * WIDTH * 2;

    private static final String BLOCK = "model.layers.0.";

    /** One expert: gate and up are {@code [WIDTH, HIDDEN]}, down is {@code [HIDDEN, WIDTH]}, as Hugging Face has them. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Expert(byte[] gate, byte[] up, byte[] down) {
        public static Expert made(long seed) {
            var random = new Random(seed);
            return new Expert(noise(random), noise(random), noise(random));
        }

        /** A little training: the last bit of every fourth value flips. */
        public Expert trained(long seed) {
            var random = new Random(seed);
            return new Expert(nudged(gate, random), nudged(up, random), nudged(down, random));
        }
    }

    public static MadeExperts of(int count) {
        List<Expert> experts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            experts.add(Expert.made(i));
        }
        return new MadeExperts(experts, router(count));
    }

    /** Copies of one feed-forward part. */
    public static MadeExperts upcycled(Expert dense, int count) {
        List<Expert> experts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            experts.add(dense);
        }
        return new MadeExperts(experts, router(count));
    }

    static byte[] router(int count) {
        byte[] all = new byte[count * HIDDEN * 2];
        byte[] noise = noise(new Random(99));
        System.arraycopy(noise, 0, all, 0, all.length);
        return all;
    }

    private static byte[] noise(Random random) {
        byte[] bytes = new byte[WIDTH * HIDDEN * 2];
        for (int i = 0; i < bytes.length; i += 2) {
            int bits = Float.floatToIntBits((float) (random.nextGaussian() * 0.02)) >>> 16;
            bytes[i] = (byte) bits;
            bytes[i + 1] = (byte) (bits >>> 8);
        }
        return bytes;
    }

    private static byte[] nudged(byte[] bytes, Random random) {
        byte[] other = bytes.clone();
        for (int i = 0; i < other.length; i += 2) {
            other[i] ^= (byte) (random.nextInt(4) == 0 ? 1 : 0);
        }
        return other;
    }

    public MadeExperts with(int index, Expert expert) {
        List<Expert> other = new ArrayList<>(experts);
        other.set(index, expert);
        return new MadeExperts(other, router);
    }

    public MadeExperts inOrder(int... order) {
        List<Expert> other = new ArrayList<>();
        for (int index : order) {
            other.add(experts.get(index));
        }
        return new MadeExperts(other, router);
    }

    private static byte[] transposed(byte[] matrix, int rows, int columns) {
        byte[] other = new byte[matrix.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                other[2 * (c * rows + r)] = matrix[2 * (r * columns + c)];
                other[2 * (c * rows + r) + 1] = matrix[2 * (r * columns + c) + 1];
            }
        }
        return other;
    }

    /** One feed-forward part without experts. */
    public static Path dense(Path file, Expert expert) throws IOException {
        Map<TensorSpec, byte[]> tensors = new LinkedHashMap<>();
        put(tensors, "mlp.gate_proj.weight", expert.gate(), WIDTH, HIDDEN);
        put(tensors, "mlp.up_proj.weight", expert.up(), WIDTH, HIDDEN);
        put(tensors, "mlp.down_proj.weight", expert.down(), HIDDEN, WIDTH);
        return write(file, tensors);
    }

    /** Each expert's matrices by themselves, as in Hugging Face's Qwen and DeepSeek. */
    public Path single(Path file) throws IOException {
        Map<TensorSpec, byte[]> tensors = new LinkedHashMap<>();
        for (int i = 0; i < experts.size(); i++) {
            String expert = "mlp.experts." + i + ".";
            put(tensors, expert + "gate_proj.weight", experts.get(i).gate(), WIDTH, HIDDEN);
            put(tensors, expert + "up_proj.weight", experts.get(i).up(), WIDTH, HIDDEN);
            put(tensors, expert + "down_proj.weight", experts.get(i).down(), HIDDEN, WIDTH);
        }
        put(tensors, "mlp.gate.weight", router, experts.size(), HIDDEN);
        return write(file, tensors);
    }

    /** MegaBlocks' MoE: {@code w1, v1 [E, h, f]}, {@code w2 [E, f, h]}. */
    public Path stacked(Path file) throws IOException {
        Map<TensorSpec, byte[]> tensors = new LinkedHashMap<>();
        int count = experts.size();
        put(tensors, "ffn.router.layer.weight", router, count, HIDDEN);
        put(tensors, "ffn.experts.mlp.w1", joined(Expert::gate, WIDTH, HIDDEN), count, HIDDEN, WIDTH);
        put(tensors, "ffn.experts.mlp.v1", joined(Expert::up, WIDTH, HIDDEN), count, HIDDEN, WIDTH);
        put(tensors, "ffn.experts.mlp.w2", joined(Expert::down, HIDDEN, WIDTH), count, WIDTH, HIDDEN);
        return write(file, tensors);
    }

    /** MegaBlocks' dropless MoE: all {@code [E·f, h]}. */
    public Path flat(Path file) throws IOException {
        Map<TensorSpec, byte[]> tensors = new LinkedHashMap<>();
        int rows = experts.size() * WIDTH;
        put(tensors, "ffn.router.layer.weight", router, experts.size(), HIDDEN);
        put(tensors, "ffn.experts.mlp.w1", joined(Expert::gate, 0, 0), rows, HIDDEN);
        put(tensors, "ffn.experts.mlp.v1", joined(Expert::up, 0, 0), rows, HIDDEN);
        put(tensors, "ffn.experts.mlp.w2", joined(Expert::down, HIDDEN, WIDTH), rows, HIDDEN);
        return write(file, tensors);
    }

    private interface Part {
        byte[] of(Expert expert);
    }

    /** The part of each expert one after the other, turned if there are rows. */
    private byte[] joined(Part part, int rows, int columns) {
        byte[] all = new byte[experts.size() * WIDTH * HIDDEN * 2];
        for (int i = 0; i < experts.size(); i++) {
            byte[] own = part.of(experts.get(i));
            byte[] one = rows == 0 ? own : transposed(own, rows, columns);
            System.arraycopy(one, 0, all, i * one.length, one.length);
        }
        return all;
    }

    private static void put(Map<TensorSpec, byte[]> tensors, String name, byte[] bytes, long... shape) {
        List<Long> dimensions = new ArrayList<>();
        for (long dimension : shape) {
            dimensions.add(dimension);
        }
        tensors.put(new TensorSpec(BLOCK + name, Dtype.BF16, dimensions), bytes);
    }

    private static Path write(Path file, Map<TensorSpec, byte[]> tensors) throws IOException {
        Files.createDirectories(file.getParent());
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(SafetensorsHeader.of(List.copyOf(tensors.keySet()), Map.of())
                    .bytes());
            for (byte[] bytes : tensors.values()) {
                out.write(bytes);
            }
        }
        return file;
    }
}
