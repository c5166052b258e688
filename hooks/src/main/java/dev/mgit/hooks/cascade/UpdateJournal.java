package dev.mgit.hooks.cascade;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What an update has done so far: one line a record, {@code CRC32C SPACE JSON}, each on disk before the next step is
 * taken. A last line that a crash cut short is as if it had never been; damage anywhere else is an error.
 */
final class UpdateJournal implements AutoCloseable {
    /** Stands beside a journal in tests that end the process at chosen points. */
    interface Watcher {
        Watcher NONE = (record, written) -> {};

        /** Called before and after each record is written. */
        void at(JsonObject record, boolean written);
    }

    private static final int CHECKSUM_DIGITS = 8;

    private final FileChannel channel;
    private final Watcher watcher;

    private UpdateJournal(FileChannel channel, Watcher watcher) {
        this.channel = channel;
        this.watcher = watcher;
    }

    /** The records so far, and where the last whole one ends. */
    private record Contents(List<JsonObject> records, long length) {}

    static List<JsonObject> read(Path file) {
        return contents(file).records();
    }

    /** Opens a journal to add to it, cutting off a torn end. */
    static UpdateJournal open(Path file, Watcher watcher) {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            channel.truncate(contents(file).length());
            channel.position(channel.size());
            channel.force(true);
            return new UpdateJournal(channel, watcher);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized void append(JsonObject record) {
        watcher.at(record, false);
        byte[] json = Json.bytes(record);
        String line = checksum(json) + " " + new String(json, StandardCharsets.UTF_8) + "\n";
        ByteBuffer buffer = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        watcher.at(record, true);
    }

    private static String checksum(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    private static Contents contents(Path file) {
        byte[] bytes;
        try {
            bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<JsonObject> records = new ArrayList<>();
        int start = 0;
        while (start < bytes.length) {
            int end = start;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            Optional<JsonObject> record = end < bytes.length
                    ? record(new String(bytes, start, end - start, StandardCharsets.UTF_8))
                    : Optional.empty();
            if (record.isEmpty()) {
                requireTorn(file, bytes, end);
                break;
            }
            records.add(record.get());
            start = end + 1;
        }
        return new Contents(records, start);
    }

    private static Optional<JsonObject> record(String line) {
        if (line.length() <= CHECKSUM_DIGITS || line.charAt(CHECKSUM_DIGITS) != ' ') {
            return Optional.empty();
        }
        byte[] json = line.substring(CHECKSUM_DIGITS + 1).getBytes(StandardCharsets.UTF_8);
        if (!line.startsWith(checksum(json))) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.parseObject(json));
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    private static void requireTorn(Path file, byte[] bytes, int end) {
        if (end < bytes.length - 1) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "the update journal is damaged: " + file,
                    "abort the update with 'mgit update --abort'; models stay as they were before it");
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
