package dev.mgit.lineage.maintain;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import dev.mgit.lineage.maintain.FsckReport.Damage;
import dev.mgit.lineage.maintain.FsckReport.Place;
import dev.mgit.lineage.maintain.FsckReport.Touched;
import dev.mgit.lineage.maintain.VersionContents.StoredFile;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Predicate;

/** Compares whole files with the SHA-256 in their manifests; those of which a part is damaged are passed over. */
final class FileCheck {
    private static final int BUFFER = 1 << 18;

    private final ParameterStore store;
    private final VersionContents contents;
    private final Predicate<ObjectId> isBad;
    private final Function<BlockId, Optional<byte[]>> reader;
    private final TaskPool pool;

    /**
     * @param isBad whether an object is known to be damaged
     * @param reader gives a block's bytes, none if it is damaged; called from several threads
     */
    FileCheck(
            ParameterStore store,
            VersionContents contents,
            Predicate<ObjectId> isBad,
            Function<BlockId, Optional<byte[]>> reader,
            TaskPool pool) {
        this.store = store;
        this.contents = contents;
        this.isBad = isBad;
        this.reader = reader;
        this.pool = pool;
    }

    List<Damage> run() throws IOException {
        List<Damage> damage = new ArrayList<>();
        for (List<StoredFile> same : contents.files()) {
            StoredFile file = same.get(0);
            String what =
                    "file '" + file.path() + "' of version " + file.version().abbreviated();
            try {
                check(contents.manifest(file));
            } catch (MgitException e) {
                damage.add(new Damage(Place.LINEAGE, what, e.getMessage(), touched(same)));
            }
        }
        return damage;
    }

    private List<Touched> touched(List<StoredFile> files) {
        return files.stream()
                .map(file -> new Touched(
                        file.version(),
                        contents.model(file.version()),
                        Optional.of(file.path()),
                        Optional.empty(),
                        false))
                .toList();
    }

    private void check(Manifest manifest) throws IOException {
        if (manifest.entries().stream().anyMatch(entry -> isBad.test(entry.object()))) {
            return;
        }
        MessageDigest digest = Hashes.sha256();
        List<Piece> pieces = new ArrayList<>();
        for (Manifest.Entry entry : manifest.entries()) {
            StoredObject object = store.object(entry.object()).orElseThrow();
            requireLength(entry, object);
            long start = 0;
            for (StoredObject.Block block : object.blocks()) {
                long from = Math.max(entry.start(), start);
                long to = Math.min(entry.start() + entry.length(), start + block.length());
                if (from < to) {
                    pieces.add(new Piece(block.id(), (int) (from - start), (int) (to - from)));
                }
                start += block.length();
            }
        }
        try (InputStream file = manifest.packing().pack(0, begin -> new Content(pieces))) {
            byte[] buffer = new byte[BUFFER];
            for (int count = file.read(buffer); count >= 0; count = file.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        } catch (DamagedBlock e) {
            return; // which is told of by itself
        }
        manifest.requireDigest(digest.digest());
    }

    private static void requireLength(Manifest.Entry entry, StoredObject object) {
        boolean fits = entry.tensor().isPresent()
                ? object.length() == entry.length()
                : object.length() >= entry.start() + entry.length();
        if (!fits) {
            throw MgitException.integrity("the range at " + entry.offset() + " has " + object.length()
                    + " bytes, but its manifest says " + (entry.start() + entry.length()));
        }
    }

    /** A part of a block. */
    private record Piece(BlockId id, int skip, int length) {}

    private static final class DamagedBlock extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** What the pieces hold, one after the other, a few of them read ahead. */
    private final class Content extends InputStream {
        private final Iterator<Piece> pieces;
        private final Deque<Reading> pending = new ArrayDeque<>();
        private ByteBuffer bytes = ByteBuffer.allocate(0);

        private record Reading(Piece piece, Future<Optional<byte[]>> block) {}

        Content(List<Piece> pieces) {
            this.pieces = pieces.iterator();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            while (!bytes.hasRemaining()) {
                while (pieces.hasNext() && pending.size() <= pool.mostAtOnce()) {
                    begin(pieces.next());
                }
                if (pending.isEmpty()) {
                    return -1;
                }
                Reading next = pending.remove();
                byte[] block = TaskPool.get(next.block()).orElseThrow(DamagedBlock::new);
                bytes = ByteBuffer.wrap(block, next.piece().skip(), next.piece().length());
            }
            int count = Math.min(length, bytes.remaining());
            bytes.get(target, offset, count);
            return count;
        }

        /** Ranges that are parts of one object share blocks. */
        private void begin(Piece piece) throws IOException {
            Reading last = pending.peekLast();
            boolean again = last != null && last.piece().id().equals(piece.id());
            pending.add(new Reading(piece, again ? last.block() : pool.submit(() -> reader.apply(piece.id()))));
        }
    }
}
