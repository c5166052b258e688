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

    private static final Pattern DERIVED = Pattern.compile(
            "info/commit-graphs?(/.*\\.graph|/commit-graph-chain)?|pack/(multi-pack-index.*|.*\\.(bitmap|rev))");

    private LineageFolder() {}

    /** Creates an empty lineage; everything written to it will be synced to disk before it counts. */
    static void create(Path directory) {
        QuietSystem.install();
        try (var git = new FileRepository(directory.toFile())) {
            git.create(true);
            StoredConfig config = git.getConfig();
            config.setString("core", null, "fsync", "committed,reference");
            config.setString("core", null, "logAllRefUpdates", "true");
            // Nothing checks a commit graph when it is read, and a flipped bit in it gives a version other parents.
            config.setBoolean("core", null, "commitGraph", false);
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

    /**
     * Removes what Git derived from objects to be faster and does not check when it reads it: commit graphs, which
     * earlier versions of mgit had it write, bitmaps, reverse indexes and indexes over several packs. The caller holds
     * mgit's lock.
     */
    static void removeDerived(FileRepository git) throws IOException {
        GitFiles.remove(
                git.getObjectsDirectory().toPath(),
                name -> DERIVED.matcher(name).matches());
        StoredConfig config = git.getConfig();
        if (config.getBoolean("core", null, "commitGraph", true)) {
            config.setBoolean("core", null, "commitGraph", false);
            config.save();
        }
    }

    /** Removes what somebody began to write and could not finish. The caller holds mgit's lock. */
    static void removeUnfinished(Path directory) throws IOException {
        GitFiles.remove(directory, name -> UNFINISHED.matcher(name).matches());
    }
}
