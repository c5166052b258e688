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
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Predicate;

/** Compares whole files with the SHA-256 in their manifests; those of which a part is damaged are passed over. */
final class FileCheck {
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
        Deque<Piece> pending = new ArrayDeque<>();
        boolean whole = true;
        Optional<Piece> last = Optional.empty();
        for (Manifest.Entry entry : manifest.entries()) {
            StoredObject object = store.object(entry.object()).orElseThrow();
            requireLength(entry, object);
            long start = 0;
            for (StoredObject.Block block : object.blocks()) {
                long from = Math.max(entry.start(), start);
                long to = Math.min(entry.start() + entry.length(), start + block.length());
                if (from < to) {
                    // Ranges that are parts of one object share blocks.
                    boolean again = last.isPresent() && last.get().id.equals(block.id());
                    Future<Optional<byte[]>> bytes =
                            again ? last.get().bytes() : pool.submit(() -> reader.apply(block.id()));
                    Piece piece = new Piece(block.id(), bytes, (int) (from - start), (int) (to - from));
                    last = Optional.of(piece);
                    pending.add(piece);
                    if (pending.size() > pool.mostAtOnce()) {
                        whole &= pending.remove().into(digest);
                    }
                }
                start += block.length();
            }
        }
        for (Piece piece : pending) {
            whole &= piece.into(digest);
        }
        if (whole) {
            manifest.requireDigest(digest.digest());
        }
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

    /** A part of a block, being read. */
    private record Piece(BlockId id, Future<Optional<byte[]>> bytes, int skip, int length) {
        /** False if the block is damaged. */
        boolean into(MessageDigest digest) throws IOException {
            Optional<byte[]> read = TaskPool.get(bytes);
            read.ifPresent(block -> digest.update(block, skip, length));
            return read.isPresent();
        }
    }
}
