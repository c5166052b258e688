package dev.mgit.lineage.merge;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.format.ByteSource;
import dev.mgit.lineage.checkpoint.Progress;
import dev.mgit.lineage.merge.MergeInput.InputFile;
import dev.mgit.lineage.merge.MergePlan.FilePlan;
import dev.mgit.lineage.merge.TensorSource.TensorBytes;
import dev.mgit.lineage.parameters.Threads;
import dev.mgit.lineage.version.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;

/** Writes what a plan says into a folder, tensors computed on the way. Memory is bounded by a few blocks a thread. */
final class MergeWriter {
    private static final int BUFFER = 1 << 20;

    private final MergePlan plan;
    private final Map<Side, MergeInput> inputs;
    private final Path folder;
    private final Progress progress;

    MergeWriter(MergePlan plan, Map<Side, MergeInput> inputs, Path folder, Progress progress) {
        this.plan = plan;
        this.inputs = inputs;
        this.folder = folder;
        this.progress = progress;
    }

    void write(int threads) throws IOException {
        Map<String, Deque<TensorOutput>> byFile = new LinkedHashMap<>();
        for (TensorOutput output : plan.tensors()) {
            byFile.computeIfAbsent(output.path(), path -> new ArrayDeque<>()).add(output);
        }
        long bytes = 0;
        for (String path : byFile.keySet()) {
            bytes += input(plan.layout()).file(path).size();
        }
        progress.start("merging", bytes);
        try (Threads pool = new Threads(threads)) {
            for (FilePlan file : plan.files()) {
                copy(input(file.from()).file(file.path()), place(file.path()));
            }
            for (Map.Entry<String, Deque<TensorOutput>> file : byFile.entrySet()) {
                weights(file.getKey(), file.getValue(), pool);
            }
        } finally {
            progress.done();
        }
    }

    private MergeInput input(Side side) {
        return Objects.requireNonNull(inputs.get(side));
    }

    /** Paths came from a commit that may have come from anywhere. */
    private Path place(String path) throws IOException {
        Path root = folder.toAbsolutePath().normalize();
        Path target = root.resolve(path).normalize();
        if (!target.startsWith(root) || target.equals(root)) {
            throw MgitException.integrity("a side names a file '" + path + "' outside its folder");
        }
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        return target;
    }

    private static void copy(InputFile file, Path target) throws IOException {
        ByteSource source = file.open();
        try (FileChannel channel = create(target)) {
            String actual = HexFormat.of().formatHex(copy(source, 0, file.size(), channel));
            if (!actual.equals(file.digest())) {
                throw MgitException.integrity("the bytes of '" + target.getFileName() + "' have SHA-256 " + actual
                        + ", but its version says " + file.digest());
            }
        }
        makeExecutable(file, target);
    }

    private static FileChannel create(Path target) throws IOException {
        return FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private static void makeExecutable(InputFile file, Path target) {
        if (file.executable() && !target.toFile().setExecutable(true)) {
            throw MgitException.failed("cannot make '" + target + "' executable");
        }
    }

    /** Copies bytes of a file to the same place in another, and returns their SHA-256. */
    private static byte[] copy(ByteSource source, long from, long to, FileChannel channel) throws IOException {
        MessageDigest digest = Hashes.sha256();
        byte[] buffer = new byte[(int) Math.min(BUFFER, to - from)];
        for (long at = from; at < to; at += buffer.length) {
            int count = (int) Math.min(buffer.length, to - at);
            source.read(at, buffer, 0, count);
            digest.update(buffer, 0, count);
            write(channel, at, buffer, count);
        }
        return digest.digest();
    }

    private static void write(FileChannel channel, long position, byte[] bytes, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
        while (buffer.hasRemaining()) {
            channel.write(buffer, position + buffer.position());
        }
    }

    /** A file with tensors: what lies between them as the side has it whose layout is kept. */
    private void weights(String path, Deque<TensorOutput> outputs, Threads pool) throws IOException {
        InputFile file = input(plan.layout()).file(path);
        ByteSource whole = file.open();
        Path target = place(path);
        try (FileChannel channel = create(target)) {
            List<Future<Boolean>> pending = new ArrayList<>();
            for (Manifest.Entry entry : file.manifest().orElseThrow().entries()) {
                if (entry.tensor().isEmpty()) {
                    copy(whole, entry.offset(), entry.offset() + entry.length(), channel);
                } else {
                    TensorOutput output = outputs.remove();
                    pending.add(pool.submit(() -> tensor(output, channel, entry.offset())));
                }
            }
            for (Future<Boolean> one : pending) {
                Threads.get(one);
            }
        }
        makeExecutable(file, target);
    }

    private boolean tensor(TensorOutput output, FileChannel channel, long offset) throws IOException {
        long[] at = {offset};
        output.produce((side, tensor) -> bytes(input(side).open(tensor)), (bytes, length) -> {
            write(channel, at[0], bytes, length);
            at[0] += length;
            progress.advance(length);
        });
        return true;
    }

    private static TensorBytes bytes(ByteSource source) {
        return new TensorBytes() {
            @Override
            public void read(long offset, byte[] target, int length) throws IOException {
                source.read(offset, target, 0, length);
            }

            @Override
            public void close() {
                // what it is read from stays open until the merge is over
            }
        };
    }
}
