package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.frame.Frame;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Copies what the table and blob files of a store hold into a new one, whatever is left of the bookkeeping that RocksDB
 * finds them by. Frames end in a checksum and objects hash to their id, so nothing is taken over that is not whole; of
 * several frames of a block, the latest is. Nothing here is native code but the new store.
 */
public final class StoreSalvage {
    /** What is removed where its frame's sources are not there either: it may be garbage that was never cleaned up. */
    private final List<BlockId> doubtful = new ArrayList<>();

    private final Map<BlockId, Frames> frames = new HashMap<>();
    private final Map<Long, ByteBuffer> blobs = new HashMap<>();
    private final ParameterStore target;
    private long objects;
    private long blocks;

    private StoreSalvage(ParameterStore target) {
        this.target = target;
    }

    /** What was taken over. */
    public record Result(long objects, long blocks) {}

    /** Bytes that a copy takes, at most. */
    public static long bytes(Path directory) throws IOException {
        long bytes = 0;
        for (Path file : files(directory, "*.{sst,blob}")) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    /**
     * @param directory of the damaged store, which is only read
     * @param target of the new one, which is created
     */
    public static Result run(Path directory, Path target) throws IOException {
        try (ParameterStore store = RocksParameterStore.openWritable(target)) {
            return new StoreSalvage(store).run(directory);
        }
    }

    private Result run(Path directory) throws IOException {
        for (Path file : files(directory, "*.blob")) {
            String number = String.valueOf(file.getFileName()).replace(".blob", "");
            if (number.matches("\\d{1,18}")) {
                blobs.put(Long.valueOf(number), mapped(file));
            }
        }
        for (Path file : files(directory, "*.sst")) {
            TableScan.run(mapped(file), this::entry);
        }
        blobs.forEach((number, file) -> BlobScan.run(
                file,
                (key, offset, length) -> of(BlockId.of(key)).unlisted.add(new Place(-1, file.slice(offset, length)))));
        frames.forEach(this::copy);
        removeIncomplete();
        target.flush();
        return new Result(objects, blocks);
    }

    private static List<Path> files(Path directory, String glob) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, glob)) {
            files.forEach(file -> {
                if (Files.isRegularFile(file)) {
                    found.add(file);
                }
            });
        }
        found.sort(Comparator.naturalOrder());
        return found;
    }

    /** Stays readable after the channel is closed. RocksDB makes no file that is too long to be mapped at once. */
    private static ByteBuffer mapped(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, Math.min(channel.size(), Integer.MAX_VALUE));
        }
    }

    /** A stored frame. */
    private record Place(long sequence, ByteBuffer bytes) {}

    /** Where a block's frames lie, those in blob files also where no table leads to them any more. */
    private static final class Frames {
        private final List<Place> listed = new ArrayList<>(1);
        private final List<Place> unlisted = new ArrayList<>(1);
        private long removed = -1;
    }

    private Frames of(BlockId id) {
        return frames.computeIfAbsent(id, unused -> new Frames());
    }

    private boolean entry(byte[] key, long sequence, TableScan.Kind kind, ByteBuffer value) {
        return switch (kind) {
            case REMOVED -> {
                Frames removed = of(BlockId.of(key));
                removed.removed = Math.max(removed.removed, sequence);
                yield false;
            }
            case BLOB ->
                inBlob(value)
                        .map(bytes -> of(BlockId.of(key)).listed.add(new Place(sequence, bytes)))
                        .orElse(false);
            case VALUE -> object(key, value) || frame(key, sequence, value);
        };
    }

    private boolean object(byte[] key, ByteBuffer value) {
        try {
            target.putObject(StoredObject.decode(ObjectId.of(key), bytes(value)));
            objects++;
            return true;
        } catch (MgitException e) {
            return false;
        }
    }

    private boolean frame(byte[] key, long sequence, ByteBuffer value) {
        boolean sound = parsed(value).isPresent();
        if (sound) {
            of(BlockId.of(key)).listed.add(new Place(sequence, value));
        }
        return sound;
    }

    /** What an entry that only says where its value lies leads to: {@code 1:u8, file, offset, length: varint, …}. */
    private Optional<ByteBuffer> inBlob(ByteBuffer value) {
        if (!value.hasRemaining() || value.get() != 1) {
            return Optional.empty();
        }
        ByteBuffer file = blobs.get(varint(value));
        long offset = varint(value);
        long length = varint(value);
        if (file == null || offset < 0 || length < 0 || offset > file.limit() - length) {
            return Optional.empty();
        }
        return Optional.of(file.slice((int) offset, (int) length));
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE && in.hasRemaining(); shift += 7) {
            int next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        return -1;
    }

    private void copy(BlockId id, Frames found) {
        found.listed.sort(Comparator.comparingLong(Place::sequence).reversed());
        for (List<Place> places : List.of(found.listed, found.unlisted)) {
            for (Place place : places) {
                if (parsed(place.bytes()).isPresent()) {
                    target.putBlock(id, bytes(place.bytes()));
                    blocks++;
                    if (places == found.unlisted || found.removed > place.sequence()) {
                        doubtful.add(id);
                    }
                    return;
                }
            }
        }
    }

    private static Optional<Frame> parsed(ByteBuffer value) {
        try {
            return Optional.of(Frame.parse(bytes(value)));
        } catch (MgitException e) {
            if (e.kind() != MgitException.Kind.INTEGRITY) {
                throw e; // whole, but of a newer mgit
            }
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte[] bytes(ByteBuffer value) {
        byte[] bytes = new byte[value.limit()];
        value.get(0, bytes);
        return bytes;
    }

    private void removeIncomplete() {
        try (var reader = new BlockReader(target)) {
            var sound = new SoundBlocks(reader);
            for (BlockId id : doubtful) {
                if (!sound.contains(id)) {
                    target.removeBlock(id);
                    blocks--;
                }
            }
        }
    }
}
