package dev.mgit.lineage.sparse;

import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Indices and values of one tensor after another, in two files beside the one they go to: how many there are, and so what
 * the header says, is known last.
 */
final class PatchSpool implements AutoCloseable {
    private static final int BUFFER = 1 << 18;

    private final Path target;
    private final Part indices;
    private final Part values;
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private String name = "";
    private long count;

    PatchSpool(Path target) throws IOException {
        this.target = target;
        this.indices = new Part(target.resolveSibling(target.getFileName() + SparseExport.INDICES));
        this.values = new Part(target.resolveSibling(target.getFileName() + SparseExport.VALUES));
    }

    /** One of the two files, and where in it the tensors' parts are. */
    private static final class Part implements AutoCloseable {
        private final FileChannel channel;
        private final OutputStream out;
        private final Map<String, Long> starts = new HashMap<>();
        private long size;

        Part(Path file) throws IOException {
            channel = FileChannel.open(
                    file,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);
            out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
        }

        void write(byte[] bytes, int length) throws IOException {
            out.write(bytes, 0, length);
            size += length;
        }

        void copyTo(FileChannel to, String name, long length) throws IOException {
            long from = Objects.requireNonNull(starts.get(name));
            for (long at = 0; at < length; ) {
                at += channel.transferTo(from + at, length - at, to);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    void begin(String tensor) {
        name = tensor;
        count = 0;
        indices.starts.put(tensor, indices.size);
        values.starts.put(tensor, values.size);
    }

    void add(byte[] indexBytes, int indexLength, byte[] valueBytes, int valueLength, int elements) throws IOException {
        indices.write(indexBytes, indexLength);
        values.write(valueBytes, valueLength);
        count += elements;
    }

    /** @return how many elements of the tensor differ */
    long end() {
        if (count > 0) {
            counts.put(name, count);
        }
        return count;
    }

    /** Tensors that differ, and in how many elements. */
    Map<String, Long> tensors() {
        return counts;
    }

    /** Writes the file, and makes it durable. @return its bytes */
    long assemble(SafetensorsHeader header) throws IOException {
        indices.out.flush();
        values.out.flush();
        try (FileChannel file = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer start = ByteBuffer.wrap(header.bytes());
            while (start.hasRemaining()) {
                file.write(start);
            }
            for (SafetensorsHeader.Entry entry : header.tensors()) {
                String key = entry.spec().name();
                boolean isIndex = key.endsWith(SparseExport.INDICES);
                String tensor = key.substring(0, key.length() - SparseExport.INDICES.length());
                (isIndex ? indices : values).copyTo(file, tensor, entry.length());
            }
            file.force(true);
            return file.size();
        }
    }

    @Override
    public void close() throws IOException {
        try (indices) {
            values.close();
        }
    }
}
