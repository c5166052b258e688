package dev.mgit.lineage.git;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.StoredObjectRepresentationNotAvailableException;
import org.eclipse.jgit.internal.storage.commitgraph.CommitGraph;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.internal.storage.pack.CachedPack;
import org.eclipse.jgit.internal.storage.pack.ObjectReuseAsIs;
import org.eclipse.jgit.internal.storage.pack.ObjectToPack;
import org.eclipse.jgit.internal.storage.pack.PackOutputStream;
import org.eclipse.jgit.internal.storage.pack.PackWriter;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.BitmapIndex.BitmapBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.jspecify.annotations.Nullable;

/**
 * Hashes every object it reads and compares it with its id. What only speeds JGit up and cannot be checked as cheaply,
 * commit graphs and bitmaps, is passed over: parents are those the commit names.
 */
final class VerifiedReader extends ObjectReader implements ObjectReuseAsIs {
    private final ObjectDirectory objects;
    private final ReadObjects read;
    private final ObjectReader reader;
    private final Set<ObjectId> notCopied = new HashSet<>();

    /** @param read what readers of the same repository have read */
    VerifiedReader(ObjectDirectory objects, ReadObjects read) {
        this.objects = objects;
        this.read = read;
        this.reader = objects.newReader();
        this.streamFileThreshold = reader.getStreamFileThreshold();
    }

    @Override
    public ObjectReader newReader() {
        return new VerifiedReader(objects, read);
    }

    @Override
    public ObjectLoader open(AnyObjectId id, int type) throws IOException {
        ObjectLoader known = read.get(id);
        if (known != null && (type == OBJ_ANY || type == known.getType())) {
            return known;
        }
        ObjectLoader found = stored(id, type);
        read.put(id, found);
        return found;
    }

    private ObjectLoader stored(AnyObjectId id, int type) throws IOException {
        try {
            return verified(id, type);
        } catch (MissingObjectException e) {
            if (!takeBack(id)) {
                throw e;
            }
        }
        try {
            return verified(id, type);
        } catch (MissingObjectException e) {
            takeBack(id);
            throw damaged(id, "its bytes in a pack cannot be read", e);
        }
    }

    private ObjectLoader verified(AnyObjectId id, int type) throws IOException {
        try {
            ObjectLoader loader = reader.open(id, type);
            if (!Arrays.equals(hash(loader), raw(id))) {
                throw damaged(id, "its bytes do not match its id", null);
            }
            return loader;
        } catch (RuntimeException e) {
            // JGit trusts the offsets and lengths in packs and their indexes; only its own code runs here.
            throw damaged(id, "its bytes cannot be read", e);
        } catch (OutOfMemoryError e) {
            throw behind(e);
        }
    }

    /** An index that was damaged after it was opened, or too little memory. */
    private IOException behind(OutOfMemoryError e) {
        Path git = objects.getDirectory().toPath().resolveSibling("");
        return PackIndexes.oversized(git).map(why -> new IOException(why, e)).orElseThrow(() -> e);
    }

    private static CorruptObjectException damaged(AnyObjectId id, String why, @Nullable Throwable cause) {
        var damaged = new CorruptObjectException(id, why);
        damaged.initCause(cause);
        return damaged;
    }

    private static byte[] hash(ObjectLoader loader) throws IOException {
        MessageDigest digest = Constants.newMessageDigest();
        digest.update(Constants.encodedTypeString(loader.getType()));
        digest.update((byte) ' ');
        digest.update(Constants.encodeASCII(loader.getSize()));
        digest.update((byte) 0);
        if (!loader.isLarge()) {
            digest.update(loader.getCachedBytes());
            return digest.digest();
        }
        try (InputStream in = loader.openStream()) {
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return digest.digest();
    }

    private static byte[] raw(AnyObjectId id) {
        byte[] raw = new byte[Constants.OBJECT_ID_LENGTH];
        id.copyRawTo(raw, 0);
        return raw;
    }

    /**
     * JGit forgets a pack in which one object cannot be read, and with it all the others, for it to be found elsewhere.
     *
     * @return whether a forgotten pack has the object
     */
    private boolean takeBack(AnyObjectId id) throws IOException {
        Set<String> known = objects.getPacks().stream().map(Pack::getPackName).collect(Collectors.toSet());
        boolean found = false;
        for (File file : GitFiles.wholePacks(objects.getPackDirectory().toPath())) {
            if (!known.contains(file.getName().replaceAll("^pack-|\\.pack$", ""))) {
                found |= objects.openPack(file).hasObject(id);
            }
        }
        return found;
    }

    @Override
    public Optional<CommitGraph> getCommitGraph() {
        return Optional.empty();
    }

    @Override
    public boolean has(AnyObjectId id) throws IOException {
        return reader.has(id);
    }

    @Override
    public long getObjectSize(AnyObjectId id, int type) throws IOException {
        return reader.getObjectSize(id, type);
    }

    @Override
    public Collection<ObjectId> resolve(AbbreviatedObjectId id) throws IOException {
        return reader.resolve(id);
    }

    @Override
    public Set<ObjectId> getShallowCommits() throws IOException {
        return reader.getShallowCommits();
    }

    @Override
    public void close() {
        reader.close();
    }

    private ObjectReuseAsIs reuse() {
        return (ObjectReuseAsIs) reader;
    }

    @Override
    public ObjectToPack newObjectToPack(AnyObjectId id, int type) {
        return reuse().newObjectToPack(id, type);
    }

    @Override
    public void selectObjectRepresentation(PackWriter packer, ProgressMonitor monitor, Iterable<ObjectToPack> ids)
            throws IOException {
        reuse().selectObjectRepresentation(packer, monitor, ids);
    }

    @Override
    public void writeObjects(PackOutputStream out, List<ObjectToPack> list) throws IOException {
        reuse().writeObjects(out, list);
    }

    @Override
    public void copyObjectAsIs(PackOutputStream out, ObjectToPack object, boolean validate)
            throws IOException, StoredObjectRepresentationNotAvailableException {
        try {
            reuse().copyObjectAsIs(out, object, validate);
        } catch (StoredObjectRepresentationNotAvailableException e) {
            if (!notCopied.add(object.copy())) {
                throw damaged(object, "its bytes in a pack cannot be read", e); // JGit would try again for ever
            }
            throw e;
        }
    }

    @Override
    public void copyPackAsIs(PackOutputStream out, CachedPack pack) throws IOException {
        reuse().copyPackAsIs(out, pack);
    }

    @Override
    public Collection<CachedPack> getCachedPacksAndUpdate(BitmapBuilder needed) throws IOException {
        return reuse().getCachedPacksAndUpdate(needed);
    }
}
