package dev.mgit.lineage.merge;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.Packing;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.checkpoint.NewFiles;
import dev.mgit.lineage.merge.MergeInput.InputFile;
import dev.mgit.lineage.merge.MergePlan.FilePlan;
import dev.mgit.lineage.merge.TensorSource.TensorBytes;
import dev.mgit.lineage.version.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;

/** Writes what a plan says into a folder, tensors computed on the way. Memory is bounded by a few blocks a thread. */
final class MergeWriter {
    private static final int BUFFER = 1 << 20;

    private final MergePlan plan;
    private final Map<MergeStage, MergeInput> inputs;
    private final NewFiles created;
    private final CopyProgress progress;

    MergeWriter(MergePlan plan, Map<MergeStage, MergeInput> inputs, Path folder, CopyProgress progress) {
        this.plan = plan;
        this.inputs = inputs;
        this.created = new NewFiles(folder);
        this.progress = progress;
    }

    void write(int threads) throws IOException {
        Map<String, List<TensorOutput>> byFile = byFile(plan);
        long bytes = 0;
        for (String path : byFile.keySet()) {
            bytes += input(plan.layout()).file(path).size();
        }
        progress.start("merging", bytes);
        try (TaskPool pool = new TaskPool(threads)) {
            for (FilePlan file : plan.files()) {
                copy(input(file.from()).file(file.path()), file.path());
            }
            for (Map.Entry<String, List<TensorOutput>> file : byFile.entrySet()) {
                weights(file.getKey(), file.getValue(), pool);
            }
            for (String empty : input(plan.layout()).folders()) {
                created.createFolder(empty);
            }
        } finally {
            progress.done();
        }
    }

    private static Map<String, List<TensorOutput>> byFile(MergePlan plan) {
        Map<String, List<TensorOutput>> byFile = new LinkedHashMap<>();
        for (TensorOutput output : plan.tensors()) {
            byFile.computeIfAbsent(output.path(), path -> new ArrayList<>()).add(output);
        }
        return byFile;
    }

    private MergeInput input(MergeStage side) {
        return Objects.requireNonNull(inputs.get(side));
    }

    /**
     * Refuses what cannot be written: the checksums and lengths of a compressed or escaped file would have to be written anew
     * with its tensors.
     */
    static void requireWritable(MergePlan plan, MergeInput layout) {
        byFile(plan).forEach((path, outputs) -> {
            Packing packing = layout.file(path).packing();
            if (!packing.isEmpty() && !outputs.stream().allMatch(TensorOutput::isKept)) {
                throw new MgitException(
                        MgitException.Kind.FAILED,
                        "'" + path + "' is " + (packing.isEscaped() ? "a pickle that has arrays as text" : "compressed")
                                + ", and the merge changes tensors in it",
                        packing.isEscaped()
                                ? "save it with pickle protocol 3 or later on the side whose layout is kept"
                                : "save it without compression on the side whose layout is kept");
            }
        });
    }

    private void copy(InputFile file, String path) throws IOException {
        MessageDigest digest = Hashes.sha256();
        try (InputStream source = file.file();
                FileChannel channel = created.create(path, file.executable())) {
            byte[] buffer = new byte[BUFFER];
            long at = 0;
            for (int count = source.read(buffer); count >= 0; count = source.read(buffer)) {
                digest.update(buffer, 0, count);
                write(channel, at, buffer, count);
                at += count;
            }
            String actual = HexFormat.of().formatHex(digest.digest());
            if (!actual.equals(file.digest())) {
                throw MgitException.integrity("the bytes of '" + path + "' have SHA-256 " + actual
                        + ", but its version says " + file.digest());
            }
        }
    }

    /** Copies bytes of a file to the same place in another. */
    private static void copy(ByteSource source, long from, long to, FileChannel channel) throws IOException {
        byte[] buffer = new byte[(int) Math.min(BUFFER, to - from)];
        for (long at = from; at < to; at += buffer.length) {
            int count = (int) Math.min(buffer.length, to - at);
            source.read(at, buffer, 0, count);
            write(channel, at, buffer, count);
        }
    }

    private static void write(FileChannel channel, long position, byte[] bytes, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
        while (buffer.hasRemaining()) {
            channel.write(buffer, position + buffer.position());
        }
    }

    /**
     * A file with tensors, as the side has it whose layout is kept but for what the result has otherwise. A tensor that is
     * a range and shares it with no other is written as it is made; others once all of the file is there.
     */
    private void weights(String path, List<TensorOutput> outputs, TaskPool pool) throws IOException {
        InputFile file = input(plan.layout()).file(path);
        if (!file.packing().isEmpty()) {
            copy(file, path);
            return;
        }
        Manifest manifest = file.manifest().orElseThrow();
        Map<Long, TensorOutput> alone = alone(outputs, manifest);
        ByteSource whole = file.open();
        try (FileChannel channel = created.create(path, file.executable())) {
            List<Future<Boolean>> pending = new ArrayList<>();
            for (Manifest.Entry entry : manifest.entries()) {
                TensorOutput output = alone.get(entry.offset());
                if (output == null || entry.length() == 0) {
                    copy(whole, entry.offset(), entry.offset() + entry.length(), channel);
                } else {
                    pending.add(pool.submit(() -> tensor(output, channel, entry.offset())));
                }
            }
            TaskPool.getAll(pending);
            Set<TensorOutput> done = new HashSet<>(alone.values());
            overwrite(
                    outputs.stream()
                            .filter(output -> !done.contains(output) && !output.isKept())
                            .toList(),
                    channel);
        }
    }

    /** By the place of a range: the tensor that is this range, where no other touches it. */
    private static Map<Long, TensorOutput> alone(List<TensorOutput> outputs, Manifest manifest) {
        Map<Long, Manifest.Entry> ranges = new HashMap<>();
        manifest.entries().stream()
                .filter(entry -> entry.length() > 0)
                .forEach(entry -> ranges.put(entry.offset(), entry));
        List<TensorOutput> inOrder = outputs.stream()
                .filter(output -> output.target().seen().span() > 0)
                .sorted(Comparator.comparingLong(
                        output -> output.target().seen().offset()))
                .toList();
        Map<Long, TensorOutput> alone = new HashMap<>();
        long reached = 0;
        for (int i = 0; i < inOrder.size(); i++) {
            LogicalTensor tensor = inOrder.get(i).target().seen();
            long end = tensor.offset() + tensor.span();
            boolean shared = tensor.offset() < reached
                    || (i + 1 < inOrder.size()
                            && inOrder.get(i + 1).target().seen().offset() < end);
            Manifest.Entry range = ranges.get(tensor.offset());
            if (!shared && tensor.isRowMajor() && range != null && range.length() == tensor.span()) {
                alone.put(tensor.offset(), inOrder.get(i));
            }
            reached = Math.max(reached, end);
        }
        return alone;
    }

    private void overwrite(List<TensorOutput> outputs, FileChannel channel) throws IOException {
        ByteSource written = FileByteSource.of(channel);
        for (TensorOutput output : outputs) {
            long[] at = {0};
            output.produce((side, tensor) -> bytes(input(side).open(tensor)), (bytes, length) -> {
                output.target()
                        .seen()
                        .write(
                                at[0],
                                bytes,
                                length,
                                written,
                                (position, changed) -> write(channel, position, changed, changed.length));
                at[0] += length;
                progress.advance(length);
            });
        }
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
