package dev.mgit.bench;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.Layout;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** What there may be very many of, or what may be very large, each by itself. All of it is made. */
enum LimitPart {
    VERSIONS("%,d versions", 100_000, 400) {
        @Override
        void run(LimitSteps steps, int count) throws IOException {
            BenchGraphCommand.make(steps.repository(), new LineageMaker(count), count);
            lineage(steps);
        }
    },
    MODELS("%,d models", 5_000, 200) {
        @Override
        void run(LimitSteps steps, int count) throws IOException {
            int versions = count * VERSIONS_A_MODEL;
            BenchGraphCommand.make(steps.repository(), new LineageMaker(versions, VERSIONS_A_MODEL), versions);
            steps.mgit("branch");
            lineage(steps);
        }
    },
    BLOCKS("%,d blocks, in files of 100,000 tensors, and a version on top", 1_000_000, 2_500) {
        @Override
        void run(LimitSteps steps, int count) throws IOException {
            for (int done = 0; done < count; done += TENSORS_A_FILE) {
                write(
                        steps.model().resolve("part-" + done + ".safetensors"),
                        Math.min(TENSORS_A_FILE, count - done),
                        TINY_VALUES,
                        done);
            }
            steps.inAndOut();
            steps.mgit("fsck");
            steps.change(LimitPart::changeSome);
            steps.mgit("status", "out");
            steps.mgit("commit", "out");
            steps.mgit("diff", "m~1", "m", "--name-only");
            steps.pushAndClone();
            steps.mgit("gc");
        }
    },
    SHARDS("%,d shards of one checkpoint", 500, 300) {
        @Override
        void run(LimitSteps steps, int count) throws IOException {
            for (int shard = 0; shard < count; shard++) {
                String name = String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", shard + 1, count);
                write(steps.model().resolve(name), 4, SHARD_VALUES, shard);
            }
            steps.inAndOut();
        }
    },
    TENSOR("one tensor of %,d MB", 2_300, 6_000) {
        @Override
        void run(LimitSteps steps, int count) throws IOException {
            write(steps.model().resolve("model.safetensors"), 1, count * VALUES_A_MEGABYTE, 1);
            steps.inAndOut();
        }
    },
    TINY("%,d tiny tensors in one file", 100_000, 200) {
        @Override
        void run(LimitSteps steps, int count) throws IOException {
            write(steps.model().resolve("model.safetensors"), count, TINY_VALUES, 1);
            steps.inAndOut();
            steps.mgit("inspect", "m", "--json");
            steps.change(LimitPart::changeSome);
            steps.mgit("commit", "out");
            steps.mgit("diff", "m~1", "m");
        }
    },
    FILES("a folder of %,d small files", 100_000, 1_500) {
        @Override
        void run(LimitSteps steps, int count) throws IOException {
            write(steps.model().resolve("model.safetensors"), 1, TINY_VALUES, 1); // a model has weights
            for (int file = 0; file < count; file++) {
                Path folder = steps.model().resolve("folder-" + file % FOLDERS);
                Files.createDirectories(folder);
                Files.writeString(folder.resolve("file-" + file + ".txt"), "number " + file + "\n");
            }
            steps.inAndOut();
            steps.mgit("status", "out");
        }
    };

    private static final int VERSIONS_A_MODEL = 2;
    private static final int TENSORS_A_FILE = 100_000;
    private static final int TINY_VALUES = 32;
    private static final int SHARD_VALUES = 50_000;
    private static final int VALUES_A_MEGABYTE = 500_000;
    private static final int FOLDERS = 100;
    private static final int CHANGED_ONE_IN = 10;

    private final String what;
    private final int count;
    private final int megabytes;

    /** @param megabytes an estimate of the most disk it takes at a time, with so many */
    LimitPart(String what, int count, int megabytes) {
        this.what = what;
        this.count = count;
        this.megabytes = megabytes;
    }

    /** Makes so many and has commands work on them. */
    abstract void run(LimitSteps steps, int count) throws IOException;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    int count(double share) {
        return Math.max(1, (int) (count * share));
    }

    String what(double share) {
        return String.format(Locale.ROOT, what, count(share));
    }

    long bytes(double share) {
        return (long) (megabytes * 1e6 * share) + (50L << 20);
    }

    private static void lineage(LimitSteps steps) throws IOException {
        steps.mgit("log", "-n", "20");
        steps.mgit("status");
        steps.mgit("find", "--text", "no such words");
        steps.mgit("fsck", "--lineage-only");
        steps.mgit("gc");
    }

    /** Trains one tensor in ten of a file a little: the lowest bit of its first value is another. */
    private static void changeSome(Path file) throws IOException {
        try (FileByteSource source = FileByteSource.open(file);
                FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            List<Layout.Range> tensors = Formats.layoutOf(file, source).ranges().stream()
                    .filter(range -> range.tensor().isPresent())
                    .toList();
            for (int i = 0; i < tensors.size(); i += CHANGED_ONE_IN) {
                long at = tensors.get(i).offset();
                byte[] first = new byte[1];
                source.read(at, first, 0, 1);
                out.write(ByteBuffer.wrap(new byte[] {(byte) (first[0] ^ 1)}), at);
            }
        }
    }

    /** BF16 tensors of noise; another number, other noise. */
    private static void write(Path file, int tensors, int values, int number) throws IOException {
        List<TensorSpec> specs = IntStream.range(0, tensors)
                .mapToObj(i -> new TensorSpec("layer." + i + ".weight", Dtype.BF16, List.of((long) values)))
                .toList();
        SafetensorsHeader header = SafetensorsHeader.of(specs, Map.of());
        var random = new SplittableRandom(number);
        byte[] chunk = new byte[1 << 16];
        Files.createDirectories(file.toAbsolutePath().getParent());
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            out.write(header.bytes());
            for (long left = header.fileSize() - header.dataOffset(); left > 0; left -= chunk.length) {
                random.nextBytes(chunk);
                out.write(chunk, 0, (int) Math.min(chunk.length, left));
            }
        }
    }
}
