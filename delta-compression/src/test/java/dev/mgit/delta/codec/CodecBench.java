package dev.mgit.delta.codec;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import dev.mgit.delta.Dtype;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Prints ratio and single-core speed of every effort beside XOR + planes + zstd-1, plain zstd-3 and the order-0
 * entropy given the predicted exponent, over the same blocks in the same run. Every ratio is of blocks that were
 * decoded and compared. Arguments: {@code [--quick] [--seconds S] [--only TEXT] [OLD NEW DTYPE]...}, where OLD and NEW
 * are files of equal length whose bytes are compared at equal offsets; with none, only made data is measured.
 */
public final class CodecBench {
    private static final int BLOCK = 1 << 20;

    private record Row(
            String name,
            Dtype dtype,
            List<byte[]> raw,
            @Nullable List<byte[]> prediction) {}

    private record Result(double ratio, double encode, double decode) {}

    private interface Peer {
        int encode(byte[] raw, byte @Nullable [] prediction, byte[] out);

        void decode(byte[] coded, int size, byte @Nullable [] prediction, byte[] target);
    }

    private double seconds = 1.5;
    private String only = "";
    private boolean peers = true;
    private List<Effort> efforts = List.of(Effort.values());

    private CodecBench() {}

    public static void main(String[] args) throws IOException {
        CodecBench bench = new CodecBench();
        List<String> files = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--seconds" -> bench.seconds = Double.parseDouble(args[++i]);
                case "--ours" -> bench.peers = false;
                case "--effort" -> bench.efforts = List.of(Effort.valueOf(args[++i]));
                case "--only" -> bench.only = args[++i];
                default -> files.add(args[i]);
            }
        }
        bench.run(files);
    }

    private void run(List<String> files) throws IOException {
        System.out.printf(
                "%-24s %7s | %18s | %18s | %18s | %18s | %18s%n",
                "ratio enc dec (GB/s)", "bound", "fast", "balanced", "small", "xor+planes+zstd-1", "zstd-3");
        for (int i = 0; i + 2 < files.size(); i += 3) {
            Path before = Path.of(files.get(i));
            Path after = Path.of(files.get(i + 1));
            Dtype dtype = Dtype.byName(files.get(i + 2)).orElseThrow();
            String name = after.getFileName().toString().replaceAll("\\.[a-z]+$", "");
            print(new Row(name, dtype, blocks(after), blocks(before)));
        }
        for (Dtype dtype : new Dtype[] {Dtype.F32, Dtype.F16, Dtype.BF16}) {
            for (double update : new double[] {1e-3, 1e-4, 1e-5}) {
                print(made(dtype, update, 1));
            }
        }
        print(made(Dtype.BF16, 1e-3, 0.05));
        print(made(Dtype.BF16, 1e-3, 0.01));
        for (Dtype dtype : new Dtype[] {Dtype.F32, Dtype.BF16}) {
            Row row = made(dtype, 1e-3, 1);
            print(new Row(dtype + " alone", dtype, row.raw, null));
        }
    }

    /** Blocks of the large fields of an ONNX file, which are its tensors' raw data; of the bytes of any other file. */
    private static List<byte[]> blocks(Path file) throws IOException {
        byte[] all = Files.readAllBytes(file);
        List<byte[]> blocks = new ArrayList<>();
        if (file.toString().endsWith(".onnx")) {
            walk(all, 0, all.length, 0, blocks);
        } else {
            cut(all, 0, all.length, blocks);
        }
        return blocks;
    }

    private static void cut(byte[] all, int from, int to, List<byte[]> blocks) {
        for (int at = from; at < to; at += BLOCK) {
            blocks.add(Arrays.copyOfRange(all, at, Math.min(to, at + BLOCK)));
        }
    }

    /** Follows ModelProto.graph (7), GraphProto.initializer (5), TensorProto.raw_data (9), float (data_type 1) only. */
    private static void walk(byte[] all, int from, int to, int depth, List<byte[]> blocks) {
        int[] at = {from};
        boolean isFloat = false;
        while (at[0] < to) {
            long tag = varint(all, at);
            int field = (int) (tag >>> 3);
            switch ((int) tag & 7) {
                case 0 -> isFloat |= varint(all, at) == 1 && depth == 2 && field == 2;
                case 1 -> at[0] += 8;
                case 5 -> at[0] += 4;
                default -> {
                    int length = (int) varint(all, at);
                    if ((depth == 0 && field == 7) || (depth == 1 && field == 5)) {
                        walk(all, at[0], at[0] + length, depth + 1, blocks);
                    } else if (depth == 2 && field == 9 && isFloat) {
                        cut(all, at[0], at[0] + length, blocks);
                    }
                    at[0] += length;
                }
            }
        }
    }

    private static long varint(byte[] all, int[] at) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = all[at[0]++];
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    /** Made data: weights N(0, 0.03), a share of them moved by N(0, update), both rounded to the dtype. */
    private static Row made(Dtype dtype, double update, double share) {
        WordForm form = WordForm.of(dtype);
        SplittableRandom random = new SplittableRandom(7);
        List<byte[]> raw = new ArrayList<>();
        List<byte[]> prediction = new ArrayList<>();
        int count = BLOCK / form.bytes();
        long[] r = new long[count];
        long[] p = new long[count];
        for (int block = 0; block < 8; block++) {
            for (int i = 0; i < count; i++) {
                double weight = 0.03 * BlockSamples.gaussian(random);
                double moved = random.nextDouble() < share ? weight + update * BlockSamples.gaussian(random) : weight;
                p[i] = BlockSamples.bits(weight, form);
                r[i] = BlockSamples.bits(moved, form);
            }
            byte[] a = new byte[BLOCK];
            byte[] b = new byte[BLOCK];
            Words.store(r, count, a, form.log2Bytes(), 0);
            Words.store(p, count, b, form.log2Bytes(), 0);
            raw.add(a);
            prediction.add(b);
        }
        String name = share < 1
                ? String.format(Locale.ROOT, "%s %.0f%% kept", dtype, 100 * (1 - share))
                : String.format(Locale.ROOT, "%s sd %.0e", dtype, update);
        return new Row(name, dtype, raw, prediction);
    }

    private void print(Row row) {
        if (!row.name.contains(only)) {
            return;
        }
        StringBuilder line = new StringBuilder();
        line.append(String.format(Locale.ROOT, "%-24s %7s", row.name, bound(row)));
        for (Effort effort : efforts) {
            try (BlockCoder coder = new BlockCoder()) {
                line.append(text(measure(row, new Peer() {
                    @Override
                    public int encode(byte[] raw, byte @Nullable [] prediction, byte[] out) {
                        return coder.encode(raw, raw.length, row.dtype, prediction, effort, out);
                    }

                    @Override
                    public void decode(byte[] coded, int size, byte @Nullable [] prediction, byte[] target) {
                        coder.decode(coded, 0, size, row.dtype, prediction, target, target.length);
                    }
                })));
            }
        }
        if (peers) {
            line.append(text(measure(row, new XorPlanes(row.dtype.bytes()))));
            line.append(text(measure(row, new PlainZstd())));
        }
        System.out.println(line);
    }

    private static String text(Result result) {
        return String.format(Locale.ROOT, " | %6.2f %5.2f %5.2f", result.ratio, result.encode, result.decode);
    }

    private Result measure(Row row, Peer peer) {
        int blocks = row.raw.size();
        byte[][] coded = new byte[blocks][];
        int[] sizes = new int[blocks];
        byte[] out = new byte[2 * BLOCK];
        byte[] back = new byte[BLOCK];
        long bytes = 0;
        long stored = 0;
        for (int i = 0; i < blocks; i++) {
            byte[] raw = row.raw.get(i);
            byte[] prediction = row.prediction == null ? null : row.prediction.get(i);
            sizes[i] = peer.encode(raw, prediction, out);
            coded[i] = Arrays.copyOf(out, sizes[i]);
            byte[] target = raw.length == BLOCK ? back : new byte[raw.length];
            peer.decode(coded[i], sizes[i], prediction, target);
            if (!Arrays.equals(raw, target)) {
                throw new IllegalStateException(row.name + ": block " + i + " did not come back");
            }
            bytes += raw.length;
            stored += sizes[i];
        }
        int[] full = java.util.stream.IntStream.range(0, blocks)
                .filter(i -> row.raw.get(i).length == BLOCK)
                .toArray();
        double encode = rate(
                full, i -> peer.encode(row.raw.get(i), row.prediction == null ? null : row.prediction.get(i), out));
        double decode = rate(
                full,
                i -> peer.decode(coded[i], sizes[i], row.prediction == null ? null : row.prediction.get(i), back));
        return new Result((double) bytes / stored, encode, decode);
    }

    private static final java.lang.management.ThreadMXBean THREADS =
            java.lang.management.ManagementFactory.getThreadMXBean();

    /**
     * GB/s of processor time, from the least time each of up to eight blocks took: other work shares the machine, and
     * can only slow a pass down.
     */
    private double rate(int[] blocks, java.util.function.IntConsumer work) {
        int[] some = Arrays.copyOf(blocks, Math.min(blocks.length, 8));
        for (int i = 0; i < some.length; i++) {
            some[i] = blocks[i * blocks.length / some.length];
        }
        long end = System.nanoTime() + (long) (seconds * 1e9 / 3);
        while (System.nanoTime() < end) {
            for (int block : some) {
                work.accept(block);
            }
        }
        long[] least = new long[some.length];
        Arrays.fill(least, Long.MAX_VALUE);
        end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end) {
            for (int i = 0; i < some.length; i++) {
                long start = THREADS.getCurrentThreadCpuTime();
                work.accept(some[i]);
                least[i] = Math.min(least[i], THREADS.getCurrentThreadCpuTime() - start);
            }
        }
        return (double) some.length * BLOCK / Arrays.stream(least).sum();
    }

    /** Ratio at the order-0 entropy of whole residuals given the predicted exponent, counted over all blocks. */
    private static String bound(Row row) {
        if (row.prediction == null) {
            return "";
        }
        WordForm form = WordForm.of(row.dtype);
        java.util.Map<Long, int[]> counts = new java.util.HashMap<>();
        java.util.Map<Long, long[]> totals = new java.util.HashMap<>();
        long words = 0;
        for (int b = 0; b < row.raw.size(); b++) {
            byte[] raw = row.raw.get(b);
            int count = raw.length / form.bytes();
            int shift =
                    Math.min(form.maxShift(), Long.numberOfTrailingZeros(Words.or(raw, raw.length, form.log2Bytes())));
            Residual residual = new Residual(form, shift);
            long[] r = new long[(raw.length + 7) >> 3];
            long[] p = new long[r.length];
            Words.loadLongs(raw, 0, raw.length, r.length, r);
            Words.loadLongs(row.prediction.get(b), 0, raw.length, r.length, p);
            residual.forward(r, p, p, r.length);
            int keyShift = residual.magnitudeBits() - form.exponentBits();
            for (int i = 0; i < count; i++) {
                long key = Words.lane(p, form, i) >>> keyShift;
                counts.computeIfAbsent((key << 40) | Words.lane(r, form, i), k -> new int[1])[0]++;
                totals.computeIfAbsent(key, k -> new long[1])[0]++;
            }
            words += count;
            if (words > 40_000_000 || counts.size() > 6_000_000) {
                break;
            }
        }
        double bits = 0;
        for (var entry : counts.entrySet()) {
            bits -= entry.getValue()[0] * Math.log(entry.getValue()[0]);
        }
        for (long[] total : totals.values()) {
            bits += total[0] * Math.log((double) total[0]);
        }
        return String.format(Locale.ROOT, "%.2f", (double) words * form.bits() / (bits / Math.log(2)));
    }

    /** XOR with the prediction, byte planes, zstd level 1 each: BitX as published, one block at a time. */
    private static final class XorPlanes implements Peer {
        private final int width;
        private final byte[] planes = new byte[BLOCK];
        private final ZstdCompressCtx compress = new ZstdCompressCtx().setLevel(1);
        private final ZstdDecompressCtx decompress = new ZstdDecompressCtx();

        XorPlanes(int width) {
            this.width = width;
        }

        @Override
        public int encode(byte[] raw, byte @Nullable [] prediction, byte[] out) {
            int count = raw.length / width;
            for (int plane = 0; plane < width; plane++) {
                int at = plane * count;
                for (int i = 0; i < count; i++) {
                    int k = i * width + plane;
                    planes[at + i] = prediction == null ? raw[k] : (byte) (raw[k] ^ prediction[k]);
                }
            }
            int size = 0;
            for (int plane = 0; plane < width; plane++) {
                int coded =
                        compress.compressByteArray(out, size + 4, out.length - size - 4, planes, plane * count, count);
                Words.INT.set(out, size, coded);
                size += 4 + coded;
            }
            System.arraycopy(raw, count * width, out, size, raw.length - count * width);
            return size + raw.length - count * width;
        }

        @Override
        public void decode(byte[] coded, int size, byte @Nullable [] prediction, byte[] target) {
            int count = target.length / width;
            int at = 0;
            for (int plane = 0; plane < width; plane++) {
                int length = (int) Words.INT.get(coded, at);
                decompress.decompressByteArray(planes, plane * count, count, coded, at + 4, length);
                at += 4 + length;
            }
            for (int plane = 0; plane < width; plane++) {
                int from = plane * count;
                for (int i = 0; i < count; i++) {
                    int k = i * width + plane;
                    target[k] = prediction == null ? planes[from + i] : (byte) (planes[from + i] ^ prediction[k]);
                }
            }
            System.arraycopy(coded, at, target, count * width, target.length - count * width);
        }
    }

    private static final class PlainZstd implements Peer {
        private final ZstdCompressCtx compress = new ZstdCompressCtx().setLevel(3);
        private final ZstdDecompressCtx decompress = new ZstdDecompressCtx();

        @Override
        public int encode(byte[] raw, byte @Nullable [] prediction, byte[] out) {
            return compress.compressByteArray(out, 0, out.length, raw, 0, raw.length);
        }

        @Override
        public void decode(byte[] coded, int size, byte @Nullable [] prediction, byte[] target) {
            decompress.decompressByteArray(target, 0, target.length, coded, 0, size);
        }
    }
}
