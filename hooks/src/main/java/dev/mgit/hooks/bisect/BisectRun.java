package dev.mgit.hooks.bisect;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.CommandContract;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.Job;
import dev.mgit.hooks.executor.JobHandle;
import dev.mgit.hooks.executor.JobStatus;
import dev.mgit.hooks.executor.Limits;
import dev.mgit.lineage.query.BisectState.Verdict;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Judges one version after another by a command. It finds {@code MGIT_MODEL} (a folder with the version's files, its
 * own copy), {@code MGIT_MODEL_NAME} and {@code MGIT_VERSION}, and says by its exit code what it thinks, as for {@code
 * git bisect run}: 0 good, 125 cannot be told, 1 to 127 bad; anything else ends the search.
 */
public final class BisectRun {
    private static final int SKIP = 125;
    private static final int LAST_BAD = 127;
    /** A shell's words for: not executable, not found. The command was mistyped; that says nothing of a version. */
    private static final int NOT_EXECUTABLE = 126;

    private static final int SHOWN_OUTPUT = 2000;

    private final Workspace workspace;
    private final Executor executor;
    private final Path directory;
    private final List<String> command;
    private int runs;

    /** @param directory where the command starts */
    public BisectRun(Workspace workspace, Executor executor, Path directory, List<String> command) {
        this.workspace = workspace;
        this.executor = executor;
        this.directory = directory;
        this.command = List.copyOf(command);
    }

    /**
     * Folder with the logs of the runs of a search.
     *
     * @param scratch as {@link Workspace#scratch()}
     */
    public static Path logs(Path scratch) {
        return scratch.resolve("bisect");
    }

    /** Versions judged so far. */
    public int runs() {
        return runs;
    }

    /** @throws MgitException of kind FAILED if the command could not be run or was ended */
    public Verdict judge(VersionId id) {
        Version version = workspace.lineage().version(id);
        Path folder = logs(workspace.scratch()).resolve(id.hex());
        FolderTools.delete(folder);
        Path model = FolderTools.create(folder.resolve("model"));
        try {
            workspace.checkout(id, model);
            Map<String, String> environment = CommandContract.environment(workspace, "bisect", List.of());
            environment.put("MGIT_MODEL", model.toAbsolutePath().toString());
            environment.put("MGIT_MODEL_NAME", version.model());
            environment.put("MGIT_VERSION", id.hex());
            String name = "bisect " + version.model() + "@" + id.abbreviated();
            var job = new Job(name, command, environment, directory, folder.resolve("job"), Limits.NONE, List.of());
            JobHandle handle = executor.submit(job);
            runs++;
            return verdict(name, executor.conclude(handle), handle);
        } finally {
            FolderTools.delete(model);
        }
    }

    private static Verdict verdict(String name, JobStatus status, JobHandle handle) {
        int exit = status.exitCode();
        boolean judged = status.state() == JobStatus.State.EXITED && exit <= LAST_BAD;
        if (!judged || exit == NOT_EXECUTABLE || exit == LAST_BAD) {
            String words = FolderTools.tail(handle.stderr(), SHOWN_OUTPUT).strip();
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    name + ": the command reported neither good nor bad: " + status.detail()
                            + (words.isEmpty() ? "" : ": " + words),
                    "its log is in " + handle.folder()
                            + "; continue with 'mgit bisect run', or mark the version by hand");
        }
        return exit == 0 ? Verdict.GOOD : exit == SKIP ? Verdict.SKIP : Verdict.BAD;
    }
}
