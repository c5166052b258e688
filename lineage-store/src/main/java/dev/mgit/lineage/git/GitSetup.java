package dev.mgit.lineage.git;

import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/** What JGit sets up once in a process, before it opens a first repository. */
public final class GitSetup {
    private GitSetup() {}

    /** Does it now; where that fails, whoever opens a repository is told. */
    public static void run() {
        QuietSystem.install();
        try {
            SystemReader.getInstance().getUserConfig();
            FS.getFileStoreAttributes(
                    Path.of("").toAbsolutePath()); // by a thread and a wait, also where nothing is measured
        } catch (IOException | ConfigInvalidException e) {
            // said later
        }
    }
}
