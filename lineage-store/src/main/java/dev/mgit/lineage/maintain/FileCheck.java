package dev.mgit.lineage.maintain;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.maintain.FsckReport.Damage;
import dev.mgit.lineage.maintain.FsckReport.Place;
import dev.mgit.lineage.maintain.FsckReport.Touched;
import dev.mgit.lineage.maintain.VersionContents.StoredFile;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.parameters.Threads;
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
    private final Threads pool;

    /**
     * @param isBad whether an object is known to be damaged
     * @param reader gives a block's bytes, none if it is damaged; called from several threads
     */
    FileCheck(
            ParameterStore store,
            VersionContents contents,
            Predicate<ObjectId> isBad,
            Function<BlockId, Optional<byte[]>> reader,
            Threads pool) {
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
        Deque<Future<Optional<byte[]>>> pending = new ArrayDeque<>();
        boolean whole = true;
        for (Manifest.Entry entry : manifest.entries()) {
            StoredObject object = store.object(entry.object()).orElseThrow();
            if (object.length() != entry.length()) {
                throw MgitException.integrity("the range at " + entry.offset() + " has " + object.length()
                        + " bytes, but its manifest says " + entry.length());
            }
            for (StoredObject.Block block : object.blocks()) {
                pending.add(pool.submit(() -> reader.apply(block.id())));
                if (pending.size() > pool.mostAtOnce()) {
                    whole &= update(digest, pending.remove());
                }
            }
        }
        for (Future<Optional<byte[]>> block : pending) {
            whole &= update(digest, block);
        }
        if (whole) {
            manifest.requireDigest(digest.digest());
        }
    }

    private static boolean update(MessageDigest digest, Future<Optional<byte[]>> block) throws IOException {
        Optional<byte[]> bytes = Threads.get(block);
        bytes.ifPresent(digest::update);
        return bytes.isPresent();
    }
}
