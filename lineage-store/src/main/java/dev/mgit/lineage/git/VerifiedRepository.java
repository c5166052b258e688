package dev.mgit.lineage.git;

import java.io.File;
import java.io.IOException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;

/**
 * A Git repository that believes objects only. JGit hands out whatever a pack index points to and whatever parents the
 * commit graph names, and takes an object for stored if there is a file of its name; see {@link VerifiedReader} and
 * {@link HealingInserter}.
 */
final class VerifiedRepository extends FileRepository {
    private final ReadObjects read = new ReadObjects();

    VerifiedRepository(File directory) throws IOException {
        super(directory);
    }

    /** Reads everything from the disk again from now on; what was read may have been removed since. */
    void forgetRead() {
        read.clear();
        getObjectDatabase().close(); // its list of packs
    }

    @Override
    public ObjectReader newObjectReader() {
        return new VerifiedReader(getObjectDatabase(), read);
    }

    @Override
    public ObjectInserter newObjectInserter() {
        return new HealingInserter(getObjectDatabase());
    }

    @Override
    public ObjectLoader open(AnyObjectId id) throws IOException {
        return open(id, ObjectReader.OBJ_ANY);
    }

    @Override
    public ObjectLoader open(AnyObjectId id, int type) throws IOException {
        try (ObjectReader reader = newObjectReader()) {
            return reader.open(id, type);
        }
    }
}
