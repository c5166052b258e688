package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;

/** The bare Git repository as a folder: how it begins, and what has no business in it. */
final class LineageFolder {
    /** How JGit names objects, packs and indexes that are not whole yet. */
    private static final Pattern UNFINISHED =
            Pattern.compile("objects/(..|pack|info)?/?(noz.*\\.tmp|gc_.*|insert_.*|\\.tmp-.*|pack-.*\\.idx\\.new)");

    private static final Pattern DERIVED = Pattern.compile(
            "info/commit-graphs?(/.*\\.graph|/commit-graph-chain)?|pack/(multi-pack-index.*|.*\\.(bitmap|rev))");

    /** Values of {@code core.sharedRepository} by which the group may write (git-config(1)). */
    private static final Pattern SHARED = Pattern.compile("group|true|yes|on|1|all|world|everybody|2|0[67][67][0-7]");

    /** Extensions of Git's format by which nothing is stored in another way (gitformat-repository(5)). */
    private static final Pattern UNDERSTOOD = Pattern.compile(
            "(noop(-v1)?|preciousObjects|worktreeConfig)=.*|objectFormat=sha1|refStorage=files",
            Pattern.CASE_INSENSITIVE);

    static final String REPAIR = "run 'mgit fsck --repair', which writes it again";

    private record Setting(String section, String name, String value) {}

    private static final List<Setting> SETTINGS = List.of(
            new Setting("core", "fsync", "committed,reference"),
            new Setting("core", "logAllRefUpdates", "true"),
            // Nothing checks a commit graph when it is read, and a flipped bit in it gives a version other parents.
            new Setting("core", "commitGraph", "false"),
            // Plain 'git gc' must not take what only mgit's operation log and notes lead to: that is for 'mgit gc'.
            new Setting("gc", "pruneExpire", "never"),
            new Setting("gc", "reflogExpireUnreachable", "never"),
            new Setting("gc", "reflogExpire", "never"));

    /** By which JGit tries whether there can be links, and which it leaves where it cannot remove it. */
    private static final String LINK_PROBE = "tmplink";

    private LineageFolder() {}

    /** Creates an empty lineage; everything written to it will be synced to disk before it counts. */
    static void create(Path directory) {
        QuietSystem.install();
        try (var git = new FileRepository(directory.toFile())) {
            git.create(true);
            StoredConfig config = git.getConfig();
            configure(config, true);
            config.save();
            Files.deleteIfExists(directory.resolve(LINK_PROBE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sets {@code core.sharedRepository}. */
    static void share(Path directory) {
        try (var git = new FileRepository(directory.toFile())) {
            StoredConfig config = git.getConfig();
            config.setString("core", null, "sharedRepository", "group");
            config.save();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether {@code core.sharedRepository} says that the group works in it. */
    static boolean isShared(Path directory) {
        String value = config(directory).getString("core", null, "sharedRepository");
        return value != null && SHARED.matcher(value.toLowerCase(Locale.ROOT)).matches();
    }

    /**
     * Sets what mgit relies on.
     *
     * @param anyway also what is set to something else
     * @return whether anything was set
     */
    static boolean configure(Config config, boolean anyway) {
        boolean changed = false;
        for (Setting setting : SETTINGS) {
            if (anyway || config.getString(setting.section(), null, setting.name()) == null) {
                config.setString(setting.section(), null, setting.name(), setting.value());
                changed = true;
            }
        }
        return changed;
    }

    /**
     * Refuses a repository that would have JGit read or write anywhere else. The settings by which Git runs programs
     * ({@code core.fsmonitor}, {@code core.sshCommand}, {@code core.hooksPath} and more) are not among them: nothing here
     * acts on those.
     *
     * @throws MgitException of kind INTEGRITY
     */
    static void requireSelfContained(Path directory) {
        for (String file : List.of("commondir", "objects/info/alternates")) {
            if (Files.exists(directory.resolve(file), LinkOption.NOFOLLOW_LINKS)) {
                throw leadsElsewhere(directory.resolve(file), "names another repository");
            }
        }
        Config config = config(directory);
        boolean includes = false;
        for (String section : config.getSections()) {
            includes |= section.startsWith("include");
        }
        if (includes || config.getString("core", null, "worktree") != null) {
            throw leadsElsewhere(
                    directory.resolve("config"), includes ? "includes another file" : "has a core.worktree");
        }
        for (String extension : config.getNames("extensions")) {
            String value = String.valueOf(config.getString("extensions", null, extension));
            if (!UNDERSTOOD.matcher(extension + "=" + value).matches()) {
                throw new MgitException(
                        MgitException.Kind.INTEGRITY,
                        directory.resolve("config") + " has extensions." + extension + " = " + value
                                + ", and mgit reads Git's files and SHA-1 only",
                        "have Git change the repository back, or remove that line");
            }
        }
    }

    /** The repository's own settings; what they include is not read. */
    private static Config config(Path directory) {
        Path file = directory.resolve("config");
        try {
            var config = new Config();
            config.fromText(Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "");
            return config;
        } catch (ConfigInvalidException e) {
            throw unreadable(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MgitException unreadable(ConfigInvalidException e) {
        return new MgitException(
                MgitException.Kind.INTEGRITY, "the lineage repository cannot be opened: " + e.getMessage(), REPAIR, e);
    }

    /**
     * Refuses what would have JGit reserve more memory than there is.
     *
     * @throws MgitException of kind INTEGRITY
     */
    static void requirePlausibleIndexes(Path directory) {
        PackIndexes.oversized(directory).ifPresent(why -> {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY, "the lineage repository is damaged: " + why, REPAIR, null);
        });
    }

    private static MgitException leadsElsewhere(Path file, String how) {
        return new MgitException(
                MgitException.Kind.INTEGRITY,
                file + " " + how + ", and mgit keeps to its own",
                "copy what is there into the lineage repository ('git repack -a -d' for objects), then remove that");
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
        noGraphs(git.getDirectory().toPath().resolve("config"));
    }

    /** Sees to it that plain Git writes no commit graph. */
    private static void noGraphs(Path file) throws IOException {
        var config = new FileBasedConfig(file.toFile(), FS.DETECTED);
        try {
            config.load();
        } catch (ConfigInvalidException e) {
            throw unreadable(e);
        }
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
