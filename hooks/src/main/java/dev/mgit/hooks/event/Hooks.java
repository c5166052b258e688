package dev.mgit.hooks.event;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.Commands;
import dev.mgit.hooks.Folders;
import dev.mgit.hooks.Progress;
import dev.mgit.hooks.Registrations;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.Job;
import dev.mgit.hooks.executor.JobHandle;
import dev.mgit.hooks.executor.JobStatus;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The hooks registered in a repository, and their execution. Besides the variables of {@link Commands} a hook finds
 * {@code MGIT_MODEL} (folder with the version's files), {@code MGIT_MODEL_NAME} and {@code MGIT_VERSION}. Folders are
 * its own copies and deleted afterwards. What was not accepted here does not run.
 */
public final class Hooks {
    /** What came of one hook. */
    public record Result(HookRegistration hook, VersionId version, JobStatus status, String stdout, String stderr) {
        public boolean ok() {
            return status.ok();
        }
    }

    private static final int KEPT_OUTPUT = 16 << 10;

    private final Workspace workspace;
    private final Executor executor;
    private final Registrations<HookRegistration> hooks;

    public Hooks(Workspace workspace, Executor executor) {
        this.workspace = workspace;
        this.executor = executor;
        this.hooks = new Registrations<>(workspace, "hooks", HookRegistration::fromJson);
    }

    /** All registered hooks by name, trusted or not. */
    public List<HookRegistration> list() {
        return hooks.list();
    }

    public HookRegistration get(String name) {
        return hooks.get(name);
    }

    /** Registers a hook, or replaces the one of the same name, and trusts it here. */
    public void add(HookRegistration hook) {
        hooks.add(hook.name(), hook.toJson());
    }

    public void remove(String name) {
        hooks.remove(name);
    }

    public boolean trusted(HookRegistration hook) {
        return hooks.trusted(hook.name());
    }

    /** Runs the trusted hooks of an event on a version, one after the other; a failure is a result, not an exception. */
    public List<Result> run(HookEvent event, VersionId id, Progress progress) {
        Version version = workspace.lineage().version(id);
        List<Result> results = new ArrayList<>();
        for (HookRegistration hook : list()) {
            if (hook.event() == event && hook.on().matches(version) && trusted(hook)) {
                progress.on(Progress.Kind.STARTED, version.model(), "hook " + hook.name());
                results.add(run(hook, version));
            }
        }
        return results;
    }

    /**
     * Lets the pre-commit hooks decide on a version that is stored but not its model's head yet.
     *
     * @throws MgitException of kind GATE naming the first hook that says no
     */
    public void requirePreCommit(VersionId id, Progress progress) {
        for (Result result : run(HookEvent.PRE_COMMIT, id, progress)) {
            if (!result.ok()) {
                String words = result.stderr().strip();
                throw new MgitException(
                        MgitException.Kind.GATE,
                        "hook '" + result.hook().name() + "' refused the version: "
                                + result.status().detail() + (words.isEmpty() ? "" : "\n" + words),
                        null);
            }
        }
    }

    private Result run(HookRegistration hook, Version version) {
        Path folder = Folders.create(
                workspace.scratch().resolve("events").resolve(UUID.randomUUID().toString()));
        try {
            Path model = checkout(version.id(), folder.resolve("model"));
            List<Commands.Parent> parents = new ArrayList<>();
            for (ProvenanceEdge edge : version.origins()) {
                Path parent = checkout(edge.parent(), folder.resolve("parent" + (parents.size() + 1)));
                parents.add(Commands.Parent.of(edge, parent));
            }
            Map<String, String> environment =
                    Commands.environment(workspace, hook.event().word(), parents);
            environment.put("MGIT_MODEL", model.toAbsolutePath().toString());
            environment.put("MGIT_MODEL_NAME", version.model());
            environment.put("MGIT_VERSION", version.id().hex());
            JobHandle handle = executor.submit(new Job(
                    "hook " + hook.name(),
                    Commands.words(hook.command(), hook.shell()),
                    environment,
                    workspace.root(),
                    folder.resolve("job"),
                    hook.limits(),
                    List.of()));
            JobStatus status;
            try {
                status = executor.await(handle);
            } finally {
                executor.cancel(handle);
            }
            return new Result(
                    hook,
                    version.id(),
                    status,
                    Folders.tail(handle.stdout(), KEPT_OUTPUT),
                    Folders.tail(handle.stderr(), KEPT_OUTPUT));
        } finally {
            Folders.delete(folder);
        }
    }

    private Path checkout(VersionId version, Path folder) {
        Folders.create(folder);
        synchronized (workspace) {
            workspace.checkout(version, folder);
        }
        return folder;
    }
}
