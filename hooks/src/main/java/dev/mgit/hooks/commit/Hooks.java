package dev.mgit.hooks.commit;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.CommandContract;
import dev.mgit.hooks.CommandFailure;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.Registrations;
import dev.mgit.hooks.WorkFolder;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.check.BuiltIn;
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
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The hooks registered in a repository, and their execution. Besides the variables of {@link CommandContract} a hook finds
 * {@code MGIT_MODEL} (folder with the version's files), {@code MGIT_MODEL_NAME} and {@code MGIT_VERSION}. Folders are
 * its own copies and deleted afterwards. What was not accepted here does not run.
 */
public final class Hooks {
    /** What came of one hook. */
    public record Result(HookRegistration hook, String model, JobStatus status, String stdout, String stderr) {
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

    /**
     * What a hook is about.
     *
     * @param version empty for what is not stored yet
     * @param writer puts a copy of its files into an empty folder
     */
    private record Subject(
            String model, Optional<VersionId> version, List<ProvenanceEdge> origins, Consumer<Path> writer) {}

    /** Runs the trusted hooks of an event on a version, one after the other; a failure is a result, not an exception. */
    public List<Result> run(HookEvent event, VersionId id, JobProgress progress) {
        Version version = workspace.lineage().version(id);
        var subject = new Subject(
                version.model(), Optional.of(id), version.origins(), folder -> workspace.checkout(id, folder));
        List<Result> results = new ArrayList<>();
        for (HookRegistration hook : matching(event, subject)) {
            progress.on(JobProgress.Kind.STARTED, version.model(), "hook " + hook.name());
            results.add(run(hook, subject));
        }
        return results;
    }

    private List<HookRegistration> matching(HookEvent event, Subject subject) {
        synchronized (workspace) {
            return list().stream()
                    .filter(hook -> hook.event() == event
                            && hook.on().matches(subject.model(), subject.origins())
                            && trusted(hook))
                    .toList();
        }
    }

    /** Hooks of an event that do not run, since they were not accepted here. */
    public List<HookRegistration> inert(HookEvent event) {
        synchronized (workspace) {
            return list().stream()
                    .filter(hook -> hook.event() == event && !trusted(hook))
                    .toList();
        }
    }

    /**
     * Lets the pre-commit hooks decide on what is to become a model's newest version.
     *
     * @throws MgitException of kind GATE naming the first hook that says no
     */
    void requirePreCommit(Candidate candidate, JobProgress progress) {
        var subject = new Subject(candidate.model(), Optional.empty(), candidate.origins(), candidate.writer());
        for (HookRegistration hook : matching(HookEvent.PRE_COMMIT, subject)) {
            progress.on(JobProgress.Kind.STARTED, candidate.model(), "hook " + hook.name());
            Result result = run(hook, subject);
            if (!result.ok()) {
                throw new CommandFailure(
                        MgitException.Kind.GATE,
                        "hook '" + hook.name() + "' refused the version: "
                                + result.status().detail(),
                        result.stderr(),
                        null);
            }
        }
    }

    private Result run(HookRegistration hook, Subject subject) {
        WorkFolder work = WorkFolder.create(workspace.scratch().resolve("events"));
        Path folder = work.path();
        try {
            Path model = write(subject.writer(), folder.resolve("model"));
            if (BuiltIn.named(hook.command())) {
                return check(hook, subject, model);
            }
            List<CommandContract.Parent> parents = new ArrayList<>();
            for (ProvenanceEdge edge : subject.origins()) {
                Path parent = write(
                        to -> workspace.checkout(edge.parent(), to), folder.resolve("parent" + (parents.size() + 1)));
                parents.add(CommandContract.Parent.of(edge, parent));
            }
            Map<String, String> environment =
                    CommandContract.environment(workspace, hook.event().word(), parents);
            environment.put("MGIT_MODEL", model.toAbsolutePath().toString());
            environment.put("MGIT_MODEL_NAME", subject.model());
            environment.put(
                    "MGIT_VERSION", subject.version().map(VersionId::hex).orElse(""));
            JobHandle handle = executor.submit(new Job(
                    "hook " + hook.name(),
                    CommandContract.words(hook.command(), hook.shell()),
                    environment,
                    workspace.root(),
                    folder.resolve("job"),
                    hook.limits(),
                    List.of()));
            JobStatus status = executor.conclude(handle);
            return new Result(
                    hook,
                    subject.model(),
                    status,
                    FolderTools.tail(handle.stdout(), KEPT_OUTPUT),
                    FolderTools.tail(handle.stderr(), KEPT_OUTPUT));
        } finally {
            work.delete();
        }
    }

    /** A check says no where a test of it would by its own rules. */
    private static Result check(HookRegistration hook, Subject subject, Path model) {
        try {
            BuiltIn check = BuiltIn.of(hook.command()).orElseThrow();
            BuiltIn.Report report = check.run(model);
            boolean good = check.passes(report);
            return new Result(
                    hook, subject.model(), JobStatus.checked(good, report.summary()), "", good ? "" : report.details());
        } catch (MgitException e) {
            String why = String.valueOf(e.getMessage());
            return new Result(hook, subject.model(), JobStatus.checked(false, why), "", "");
        }
    }

    private Path write(Consumer<Path> writer, Path folder) {
        FolderTools.create(folder);
        synchronized (workspace) {
            writer.accept(folder);
        }
        return folder;
    }
}
