package dev.mgit.lineage.megatron;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor put together from those of several ranks.
 *
 * @param spec of the whole
 * @param ranks the data of each rank's part, row-major
 * @param parts rows of each packed part in every rank; empty where columns are cut
 */
record WholeTensor(TensorSpec spec, List<ByteSource> ranks, List<Long> parts) {
    private static final int BUFFER = 1 << 22;

    /** Takes the bytes of the whole in order. */
    interface Sink {
        void write(byte[] bytes, int length) throws IOException;
    }

    static WholeTensor ofRows(TensorSpec local, List<ByteSource> ranks, List<Long> parts) {
        List<Long> shape = new ArrayList<>(local.shape());
        shape.set(0, Math.multiplyExact(shape.get(0), (long) ranks.size()));
        return new WholeTensor(new TensorSpec(local.name(), local.dtype(), shape), ranks, parts);
    }

    static WholeTensor ofColumns(TensorSpec local, List<ByteSource> ranks) {
        List<Long> shape = new ArrayList<>(local.shape());
        shape.set(1, Math.multiplyExact(shape.get(1), (long) ranks.size()));
        return new WholeTensor(new TensorSpec(local.name(), local.dtype(), shape), ranks, List.of());
    }

    static WholeTensor ofOne(TensorSpec local, ByteSource rank) {
        return new WholeTensor(
                local,
                List.of(rank),
                local.shape().isEmpty() ? List.of() : List.of(local.shape().get(0)));
    }

    void writeTo(Sink sink) throws IOException {
        if (spec.shape().isEmpty() || spec.elements() == 0) {
            copy(ranks.get(0), 0, spec.byteLength(), sink);
        } else if (parts.isEmpty()) {
            columns(sink);
        } else {
            long rowBytes = spec.byteLength() / spec.shape().get(0);
            long before = 0;
            for (long rows : parts) {
                for (ByteSource rank : ranks) {
                    copy(rank, before * rowBytes, rows * rowBytes, sink);
                }
                before += rows;
            }
        }
    }

    private void columns(Sink sink) throws IOException {
        long rows = spec.shape().get(0);
        int own = (int) (spec.byteLength() / rows / ranks.size());
        int some = (int) Math.max(1, Math.min(rows, BUFFER / ((long) own * ranks.size())));
        byte[] read = new byte[some * own];
        byte[] joined = new byte[some * own * ranks.size()];
        for (long row = 0; row < rows; row += some) {
            int count = (int) Math.min(some, rows - row);
            for (int rank = 0; rank < ranks.size(); rank++) {
                ranks.get(rank).read(row * own, read, 0, count * own);
                for (int i = 0; i < count; i++) {
                    System.arraycopy(read, i * own, joined, (i * ranks.size() + rank) * own, own);
                }
            }
            sink.write(joined, count * own * ranks.size());
        }
    }

    private static void copy(ByteSource source, long from, long length, Sink sink) throws IOException {
        byte[] buffer = new byte[(int) Math.min(BUFFER, length)];
        for (long done = 0; done < length; done += buffer.length) {
            int some = (int) Math.min(buffer.length, length - done);
            source.read(from + done, buffer, 0, some);
            sink.write(buffer, some);
        }
    }

    /** @throws FormatException if two ranks that should have the same do not */
    static void requireSame(String name, ByteSource a, ByteSource b, String where) throws IOException {
        boolean same = a.size() == b.size();
        byte[] left = new byte[(int) Math.min(BUFFER, a.size())];
        byte[] right = new byte[left.length];
        for (long done = 0; same && done < a.size(); done += left.length) {
            int some = (int) Math.min(left.length, a.size() - done);
            a.read(done, left, 0, some);
            b.read(done, right, 0, some);
            same = Arrays.equals(left, 0, some, right, 0, some);
        }
        if (!same) {
            throw new FormatException(
                    "tensor " + name + " differs between " + where + ", and no rule says how its parts belong together",
                    "convert the checkpoint with Megatron-LM's own tools first");
        }
    }
}
