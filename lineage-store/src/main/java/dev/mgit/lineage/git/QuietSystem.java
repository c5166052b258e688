package dev.mgit.lineage.git;

import java.io.IOException;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.WindowCacheConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/**
 * JGit's view of the machine without its costs: no {@code git} child processes to look for a system configuration, no
 * seconds of measuring file time stamps, no table of thousands of windows, nothing written to the user's home folder.
 */
final class QuietSystem extends SystemReader.Delegate {
    /** JGit looks through its table of windows, a size that follows from this, each time a pack is closed. */
    private static final int WINDOW_BYTES = 1 << 15;

    private static @Nullable SystemReader real;

    private QuietSystem(SystemReader base) {
        super(base);
    }

    static synchronized void install() {
        if (real == null) {
            real = SystemReader.getInstance();
            SystemReader.setInstance(new QuietSystem(real));
            var windows = new WindowCacheConfig();
            windows.setPackedGitWindowSize(WINDOW_BYTES);
            windows.install();
        }
    }

    @Override
    public FileBasedConfig openSystemConfig(@Nullable Config parent, FS fs) {
        // Here rather than in the repository's own file, where Git warns that these two keys are old.
        var durable = new Nowhere(parent, fs);
        durable.setBoolean("core", null, "fsyncObjectFiles", true);
        durable.setBoolean("core", null, "fsyncRefFiles", true);
        // What is derived from packs is read without being checked; their own indexes do.
        durable.setBoolean("core", null, "multiPackIndex", false);
        durable.setBoolean("pack", null, "buildBitmaps", false);
        return durable;
    }

    /** Where JGit looks for the resolution of time stamps before it measures it by some thousand files. */
    @Override
    public FileBasedConfig openUserConfig(@Nullable Config parent, FS fs) {
        return new Nowhere(parent, fs);
    }

    @Override
    public FileBasedConfig openJGitConfig(@Nullable Config parent, FS fs) {
        return new Nowhere(parent, fs);
    }

    /** A configuration that is in no file and answers the question about time stamps for every file store. */
    private static final class Nowhere extends FileBasedConfig {
        /** Coarser than the clock tick of any current kernel, so that a file changed within it is read again. */
        private static final String TIMESTAMP_RESOLUTION = "10 milliseconds";

        Nowhere(@Nullable Config parent, FS fs) {
            super(parent, null, fs);
        }

        @Override
        public void load() throws IOException, ConfigInvalidException {}

        @Override
        public void save() throws IOException {}

        @Override
        public boolean isOutdated() {
            return false;
        }

        @Override
        public @Nullable String getString(String section, @Nullable String subsection, String name) {
            if (section.equals("filesystem") && subsection != null) {
                return TIMESTAMP_RESOLUTION;
            }
            return super.getString(section, subsection, name);
        }
    }
}
