package dev.mgit.lineage.parameters;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.Packing;
import dev.mgit.delta.layout.SourceInputStream;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stored bytes read by position, every block verified. Nothing is opened before the first read. The block read last is
 * kept, as neighbours are mostly read next.
 */
public final class ObjectReader {
    private ObjectReader() {}

    /** The parameter store, opened when bytes are first asked for. */
    public static final class Store implements AutoCloseable {
        private final Supplier<ParameterStore> opening;
        private @Nullable ParameterStore store;
        private @Nullable BlockReader reader;

        public Store(Supplier<ParameterStore> opening) {
            this.opening = opening;
        }

        /** One that is open already; its owner closes it. */
        public Store(ParameterStore store, BlockReader reader) {
            this.opening = () -> store;
            this.store = store;
            this.reader = reader;
        }

        synchronized BlockReader reader() {
            BlockReader opened = reader;
            if (opened == null) {
                opened = new BlockReader(store());
                reader = opened;
            }
            return opened;
        }

        private synchronized ParameterStore store() {
            ParameterStore opened = store;
            if (opened == null) {
                opened = opening.get();
                store = opened;
            }
            return opened;
        }

        StoredObject object(ObjectId id) {
            return store().object(id)
                    .orElseThrow(() -> new MgitException(
                            MgitException.Kind.INTEGRITY,
                            "object " + id.abbreviated() + " is missing",
                            "run 'mgit fsck' to see which versions are affected"));
        }

        @Override
        public synchronized void close() {
            if (reader != null) {
                reader.close();
            }
            if (store != null) {
                store.close();
            }
        }
    }

    /** One stored object. */
    public static ByteSource object(Store store, ObjectId id, long size) {
        return new Blocks(store, id, size);
    }

    /** The data of one tensor of a stored file. */
    public static ByteSource tensor(Store store, Manifest manifest, LogicalTensor tensor) {
        List<Manifest.Entry> entries = manifest.entries();
        long end = tensor.offset() + tensor.span();
        List<Manifest.Entry> touched = new ArrayList<>();
        for (int i = manifest.entryAt(tensor.offset());
                i < entries.size() && entries.get(i).offset() < end;
                i++) {
            touched.add(entries.get(i));
        }
        return tensor.open(new Pieces(pieces(store, touched), manifest.contentSize()));
    }

    private static List<Piece> pieces(Store store, List<Manifest.Entry> entries) {
        Map<ObjectId, ByteSource> shared = new HashMap<>();
        return entries.stream()
                .map(entry -> entry.tensor().isPresent()
                        ? new Piece(entry.offset(), object(store, entry.object(), entry.length()), 0, entry.length())
                        : new Piece(
                                entry.offset(),
                                shared.computeIfAbsent(entry.object(), id -> new Blocks(store, id, UNKNOWN)),
                                entry.start(),
                                entry.length()))
                .toList();
    }

    /** The content of a stored file: the file itself, unless it is packed. */
    public static ByteSource content(Store store, Manifest manifest) {
        return new Pieces(pieces(store, manifest.entries()), manifest.contentSize());
    }

    /** A whole stored file, in order. */
    public static InputStream file(Store store, Manifest manifest) throws IOException {
        return file(content(store, manifest), manifest.packing(), 0);
    }

    /** A file, from some byte on, that is made of its content. */
    public static InputStream file(ByteSource content, Packing packing, long from) throws IOException {
        long end = content.size();
        return packing.pack(from, position -> new SourceInputStream(content, position, end - position));
    }

    /** @param start where in {@code bytes} the piece begins */
    private record Piece(long offset, ByteSource bytes, long start, long length) {}

    private record Pieces(List<Piece> pieces, long size) implements ByteSource {
        @Override
        public void read(long position, byte[] target, int at, int length) throws IOException {
            requireWithin(position, length, size);
            int index = first(position);
            long from = position;
            long end = position + length;
            while (from < end) {
                Piece piece = pieces.get(index++);
                int count = (int) (Math.min(end, piece.offset() + piece.length()) - from);
                piece.bytes().read(piece.start() + from - piece.offset(), target, at + (int) (from - position), count);
                from += count;
            }
        }

        /** As a source, not as its pieces: there may be very many, and every tensor of the file is told apart by it. */
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }

        private int first(long position) {
            int low = 0;
            int high = pieces.size() - 1;
            while (low < high) {
                int middle = (low + high) >>> 1;
                Piece piece = pieces.get(middle);
                if (piece.offset() + piece.length() <= position) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }
    }

    private static void requireWithin(long position, int length, long size) throws EOFException {
        if (position < 0 || position > size - length) {
            throw new EOFException("bytes " + position + " to " + (position + length) + " of " + size);
        }
    }

    /** Size of an object as long as its blocks say. */
    private static final long UNKNOWN = -1;

    private static final class Blocks implements ByteSource {
        private final Store store;
        private final ObjectId id;
        private final long size;
        private @Nullable StoredObject object;
        private volatile Last last = new Last(-1, new byte[0]);

        /** A block's bytes and where in the object they start. */
        private static final class Last {
            final long start;
            final byte[] bytes;

            Last(long start, byte[] bytes) {
                this.start = start;
                this.bytes = bytes;
            }
        }

        Blocks(Store store, ObjectId id, long size) {
            this.store = store;
            this.id = id;
            this.size = size;
        }

        @Override
        public long size() {
            return size == UNKNOWN ? object().length() : size;
        }

        private synchronized StoredObject object() {
            StoredObject found = object;
            if (found == null) {
                found = store.object(id);
                if (size != UNKNOWN && found.length() != size) {
                    throw MgitException.integrity(
                            "object " + id.abbreviated() + " has " + found.length() + " bytes instead of " + size);
                }
                object = found;
            }
            return found;
        }

        @Override
        public void read(long position, byte[] target, int at, int length) {
            if (position < 0 || position > size() - length) {
                throw MgitException.integrity("object " + id.abbreviated() + " has " + size()
                        + " bytes, but a manifest says it has " + (position + length));
            }
            long end = position + length;
            long start = 0;
            for (StoredObject.Block block : object().blocks()) {
                long from = Math.max(position, start);
                long to = Math.min(end, start + block.length());
                if (from < to) {
                    byte[] bytes = block(block, start);
                    System.arraycopy(
                            bytes, (int) (from - start), target, at + (int) (from - position), (int) (to - from));
                }
                start += block.length();
            }
        }

        private byte[] block(StoredObject.Block block, long start) {
            Last kept = last;
            if (kept.start == start) {
                return kept.bytes;
            }
            byte[] bytes = store.reader().read(block.id());
            if (bytes.length != block.length()) {
                throw MgitException.integrity("block " + block.id().hex() + " has the wrong length");
            }
            last = new Last(start, bytes);
            return bytes;
        }
    }
}
