package dev.mgit.lineage.git;

import java.io.File;
import java.io.IOException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A Git repository that believes objects only. JGit hands out whatever a pack index points to and whatever parents the
 * commit graph names, and takes an object for stored if there is a file of its name; see {@link VerifiedReader} and
 * {@link HealingInserter}. Its settings are mgit's: the file of them may be somebody else's, and JGit would read derived
 * files, keep no logs, or write cookies by it.
 */
final class VerifiedRepository extends FileRepository {
    private final ReadObjects read = new ReadObjects();
    private final ObjectDirectory objects;

    /** Without a value of its own: JGit asks for it before fields have one. */
    private @Nullable FixedSettings settings;

    VerifiedRepository(File directory) throws IOException {
        super(new FileRepositoryBuilder().setGitDir(directory).setBare().setup());
        objects = new ObjectDirectory(
                getConfig(), super.getObjectDatabase().getDirectory(), null, getFS(), new File(directory, "shallow"));
    }

    @Override
    public FileBasedConfig getConfig() {
        FixedSettings fixed = settings;
        if (fixed == null) {
            fixed = new FixedSettings(getFS());
            settings = fixed;
        }
        return fixed;
    }

    /** JGit's own was made by the settings in the file. */
    @Override
    public ObjectDirectory getObjectDatabase() {
        return objects;
    }

    @Override
    protected void doClose() {
        objects.close();
        super.doClose();
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
