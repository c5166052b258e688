package dev.mgit.lineage.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.StoredConfig;

/** The bare Git repository as a folder: how it begins, and what has no business in it. */
final class LineageFolder {
    /** How JGit names objects, packs and indexes that are not whole yet. */
    private static final Pattern UNFINISHED =
            Pattern.compile("objects/(..|pack|info)?/?(noz.*\\.tmp|gc_.*|insert_.*|\\.tmp-.*)");

    private LineageFolder() {}

    /** Creates an empty lineage; everything written to it will be synced to disk before it counts. */
    static void create(Path directory) {
        QuietSystem.install();
        try (var git = new FileRepository(directory.toFile())) {
            git.create(true);
            StoredConfig config = git.getConfig();
            config.setString("core", null, "fsync", "committed,reference");
            config.setString("core", null, "logAllRefUpdates", "true");
            config.setBoolean("core", null, "commitGraph", true);
            // Plain 'git gc' must not take what only mgit's operation log and notes lead to: that is for 'mgit gc'.
            config.setString("gc", null, "pruneExpire", "never");
            config.setString("gc", null, "reflogExpireUnreachable", "never");
            config.setString("gc", null, "reflogExpire", "never");
            config.save();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes locks and unfinished files a killed writer left in the Git repository. The caller holds mgit's lock. */
    static void removeLeftovers(Path directory) throws IOException {
        GitFiles.remove(directory, name -> name.endsWith(".lock"));
        removeUnfinished(directory);
    }

    /** Removes what somebody began to write and could not finish. The caller holds mgit's lock. */
    static void removeUnfinished(Path directory) throws IOException {
        GitFiles.remove(directory, name -> UNFINISHED.matcher(name).matches());
    }
}
