package dev.mgit.lineage.git;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.internal.storage.file.PackInserter;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.transport.PackParser;
import org.jspecify.annotations.Nullable;

/**
 * Takes an object for stored only if it can be read back. One that is there but damaged, loose or in a pack, is written
 * once more, into a pack of its own: JGit asks the newest pack first, so the damaged copy is not looked at again and
 * goes with the next {@code gc}.
 *
 * <p>The first new objects are loose; a multitude of them goes into the same pack, which is synced once.
 */
final class HealingInserter extends ObjectInserter.Filter {
    /** More loose objects than this cost more, in syncs, than a pack that gc has to take apart. */
    private static final int MOST_LOOSE = 100;

    private final ObjectDirectory objects;
    private final ObjectInserter inserter;
    private final ObjectReader reader;
    private final List<ObjectId> healed = new ArrayList<>();
    private final Set<Path> folders = new LinkedHashSet<>();
    private int loose;
    private @Nullable ObjectId packed;
    private @Nullable PackInserter pack;

    HealingInserter(ObjectDirectory objects) {
        this.objects = objects;
        this.inserter = objects.newInserter();
        this.reader = new VerifiedReader(objects, ReadObjects.none());
    }

    @Override
    protected ObjectInserter delegate() {
        return inserter;
    }

    @Override
    public ObjectId insert(int type, byte[] data) throws IOException {
        return insert(type, data, 0, data.length);
    }

    @Override
    public ObjectId insert(int type, byte[] data, int offset, int length) throws IOException {
        ObjectId id = idFor(type, data, offset, length);
        if (!objects.has(id)) {
            if (loose == MOST_LOOSE) {
                return insertPacked(type, data, offset, length);
            }
            loose++;
            folders.add(objects.fileFor(id).toPath().getParent());
            return inserter.insert(type, data, offset, length);
        }
        if (isDamaged(id, type) && !healed.contains(id)) {
            healed.add(insertPacked(type, data, offset, length));
        }
        return id;
    }

    @Override
    public PackParser newPackParser(InputStream in) throws IOException {
        Path folder = objects.getDirectory().toPath();
        PackIndexes.complete(folder);
        folders.add(folder.resolve("pack")); // JGit syncs what it puts there, and not its name
        return IncomingPack.parser(inserter, in);
    }

    private ObjectId insertPacked(int type, byte[] data, int offset, int length) throws IOException {
        ObjectId id = pack().insert(type, data, offset, length);
        packed = id;
        return id;
    }

    private boolean isDamaged(ObjectId id, int type) {
        try {
            reader.open(id, type);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private PackInserter pack() {
        PackInserter opened = pack;
        if (opened == null) {
            opened = objects.newPackInserter();
            opened.checkExisting(false);
            pack = opened;
        }
        return opened;
    }

    @Override
    public void flush() throws IOException {
        inserter.flush();
        syncNames();
        loose = 0;
        if (pack != null && packed != null) {
            pack.flush();
            for (Pack written : objects.getPacks()) {
                if (written.hasObject(packed)) {
                    sync(written.getPackFile());
                    break; // the first is the newest
                }
            }
            packed = null;
            for (ObjectId id : healed) {
                Files.deleteIfExists(objects.fileFor(id).toPath());
                requireSound(id);
            }
            healed.clear();
        }
    }

    private void syncNames() throws IOException {
        for (Path folder : folders) {
            DurableNames.sync(folder);
        }
        if (!folders.isEmpty()) {
            DurableNames.sync(objects.getDirectory().toPath());
        }
        folders.clear();
    }

    private void requireSound(ObjectId id) throws IOException {
        try {
            reader.open(id);
        } catch (MissingObjectException e) {
            throw new IOException("Git object " + id.name() + " was rewritten but cannot be found", e);
        }
    }

    /** The pack, its index and their names; JGit syncs loose objects only. */
    private static void sync(File pack) throws IOException {
        String name = pack.getPath().replaceFirst("\\.pack$", "");
        for (String file : List.of(name + ".pack", name + ".idx", pack.getParent())) {
            try (FileChannel channel = FileChannel.open(Path.of(file), StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    @Override
    public ObjectReader newReader() {
        return new VerifiedReader(objects, ReadObjects.none());
    }

    @Override
    public void close() {
        if (pack != null) {
            pack.close();
        }
        reader.close();
        inserter.close();
    }
}
