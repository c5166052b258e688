package dev.mgit.lineage.graph;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A graph in a file. Big-endian: the eight bytes {@code MGITGRPH}, format number (4 bytes), CRC-32C of the rest (4),
 * then strings and arrays, each after its count (4 bytes), in the order of {@link #encode}.
 */
final class GraphFile {
    /** A graph and the state of the repository it was made from. */
    record Stored(String fingerprint, GraphData data) {}

    private static final String UNFINISHED = ".new";
    private static final byte[] MAGIC = "MGITGRPH".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT = 2;
    private static final int HEADER = MAGIC.length + 2 * Integer.BYTES;

    private GraphFile() {}

    /** Reads a file; empty if there is none or it is not a whole, sound file of this format. */
    static Optional<Stored> read(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() < HEADER || channel.size() > Integer.MAX_VALUE - 8) {
                return Optional.empty();
            }
            ByteBuffer in = ByteBuffer.allocate((int) channel.size());
            while (in.hasRemaining() && channel.read(in) >= 0) {
                // a read may bring less than was asked for
            }
            return decode(in.flip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<Stored> decode(ByteBuffer in) {
        byte[] magic = new byte[MAGIC.length];
        if (in.remaining() < HEADER) {
            return Optional.empty();
        }
        in.get(magic);
        if (!Arrays.equals(magic, MAGIC) || in.getInt() != FORMAT || in.getInt() != checksum(in)) {
            return Optional.empty();
        }
        try {
            Stored stored = new Stored(string(in), columns(in));
            return GraphCheck.isSound(stored.data()) ? Optional.of(stored) : Optional.empty();
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static GraphData columns(ByteBuffer in) {
        GraphData data = new GraphData();
        data.size = in.getInt();
        data.notesDigest = string(in);
        data.strings = strings(in);
        data.ids = bytes(in);
        data.when = longs(in);
        data.model = ints(in);
        data.authorName = ints(in);
        data.authorMail = ints(in);
        data.absent = bytes(in);
        data.textStart = ints(in);
        data.text = bytes(in);
        data.edgeStart = ints(in);
        data.edgeParent = ints(in);
        data.edgeCode = bytes(in);
        data.edgeModel = ints(in);
        data.modelName = ints(in);
        data.modelHead = ints(in);
        data.tagName = ints(in);
        data.tagNode = ints(in);
        data.circular = ints(in);
        return data;
    }

    /** Writes beside the file and renames, so that a reader sees the old file or the new one. */
    static void write(Path file, String fingerprint, GraphData data) throws IOException {
        ByteBuffer out = encode(fingerprint, data);
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path temporary = Files.createTempFile(folder, "graph-", UNFINISHED);
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                while (out.hasRemaining()) {
                    channel.write(out);
                }
            }
            move(temporary, file);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Removes what killed processes were writing. One that is still writing does without its file. */
    static void removeUnfinished(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(folder)) {
            try (var left = Files.newDirectoryStream(folder, "graph-*" + UNFINISHED)) {
                for (Path temporary : left) {
                    Files.deleteIfExists(temporary);
                }
            }
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static ByteBuffer encode(String fingerprint, GraphData data) {
        Writer out = new Writer();
        out.string(fingerprint).number(data.size).string(data.notesDigest);
        out.number(data.strings.size());
        data.strings.forEach(out::string);
        out.bytes(data.ids)
                .longs(data.when)
                .ints(data.model)
                .ints(data.authorName)
                .ints(data.authorMail);
        out.bytes(data.absent).ints(data.textStart).bytes(data.text);
        out.ints(data.edgeStart).ints(data.edgeParent).bytes(data.edgeCode).ints(data.edgeModel);
        out.ints(data.modelName)
                .ints(data.modelHead)
                .ints(data.tagName)
                .ints(data.tagNode)
                .ints(data.circular);
        ByteBuffer payload = out.finish();
        ByteBuffer file = ByteBuffer.allocate(Math.addExact(HEADER, payload.remaining()));
        file.put(MAGIC).putInt(FORMAT).putInt(checksum(payload)).put(payload);
        return file.flip();
    }

    private static int checksum(ByteBuffer payload) {
        CRC32C crc = new CRC32C();
        crc.update(payload.duplicate());
        return (int) crc.getValue();
    }

    private static int count(ByteBuffer in, int elementBytes) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / elementBytes) {
            throw new IllegalArgumentException("count " + count + " exceeds the file");
        }
        return count;
    }

    private static byte[] bytes(ByteBuffer in) {
        byte[] values = new byte[count(in, 1)];
        in.get(values);
        return values;
    }

    private static int[] ints(ByteBuffer in) {
        int[] values = new int[count(in, Integer.BYTES)];
        in.asIntBuffer().get(values);
        in.position(in.position() + values.length * Integer.BYTES);
        return values;
    }

    private static long[] longs(ByteBuffer in) {
        long[] values = new long[count(in, Long.BYTES)];
        in.asLongBuffer().get(values);
        in.position(in.position() + values.length * Long.BYTES);
        return values;
    }

    private static String string(ByteBuffer in) {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static List<String> strings(ByteBuffer in) {
        int count = count(in, Integer.BYTES);
        List<String> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(string(in));
        }
        return List.copyOf(values);
    }

    /** A buffer that grows. */
    private static final class Writer {
        private ByteBuffer buffer = ByteBuffer.allocate(1 << 16);

        private ByteBuffer room(long bytes) {
            if (buffer.remaining() < bytes) {
                long wanted = Math.max(buffer.capacity() * 2L, buffer.position() + bytes);
                ByteBuffer larger = ByteBuffer.allocate(Math.toIntExact(Math.min(wanted, Integer.MAX_VALUE - 8)));
                buffer = larger.put(buffer.flip());
            }
            return buffer;
        }

        Writer number(int value) {
            room(Integer.BYTES).putInt(value);
            return this;
        }

        Writer bytes(byte[] values) {
            number(values.length);
            room(values.length).put(values);
            return this;
        }

        Writer ints(int[] values) {
            number(values.length);
            ByteBuffer at = room((long) values.length * Integer.BYTES);
            at.asIntBuffer().put(values);
            at.position(at.position() + values.length * Integer.BYTES);
            return this;
        }

        Writer longs(long[] values) {
            number(values.length);
            ByteBuffer at = room((long) values.length * Long.BYTES);
            at.asLongBuffer().put(values);
            at.position(at.position() + values.length * Long.BYTES);
            return this;
        }

        Writer string(String value) {
            return bytes(value.getBytes(StandardCharsets.UTF_8));
        }

        ByteBuffer finish() {
            return buffer.flip();
        }
    }
}
