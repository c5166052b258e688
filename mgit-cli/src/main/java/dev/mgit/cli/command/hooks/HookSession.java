package dev.mgit.cli.command.hooks;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.hooks.RepositoryWorkspace;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.Executors;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** One command's time with a repository and what hangs on its models. */
public final class HookSession implements AutoCloseable {
    private final Session session;
    private final RepositoryWorkspace workspace;
    private final List<Thread> endings = new ArrayList<>();
    private final List<Executor> executors = new ArrayList<>();

    private final boolean owned;

    private HookSession(Context context, Session session, WaitOption wait, boolean owned) {
        this.session = session;
        this.owned = owned;
        this.workspace = new RepositoryWorkspace(
                session.repository(),
                session.author(),
                context.terminal().environment(),
                wait.time(),
                context.output()::note);
    }

    /** Opens the repository the command runs in. */
    public static HookSession open(Context context, WaitOption wait) throws IOException {
        HookSession session = new HookSession(context, Session.open(context), wait, true);
        session.session.repository().access().requireOurs();
        session.tellOfOldTrust(context);
        return session;
    }

    /** Earlier versions kept in the repository what is trusted, where it travels with every copy. */
    public void tellOfOldTrust(Context context) {
        if (Files.exists(session.repository().files().mgit().resolve("trusted"))
                && Files.notExists(workspace.trusted())) {
            context.output()
                    .note("what .mgit/trusted lists is no longer trusted, since it travels with copies; "
                            + "'mgit hooks trust' shows what may be accepted again");
        }
    }

    /** The hooks' view of a repository that is open already and stays so. */
    public static HookSession within(Context context, Session session, WaitOption wait) {
        return new HookSession(context, session, wait, false);
    }

    /** The same for a command that only reads. */
    public static HookSession open(Context context) throws IOException {
        return new HookSession(context, Session.open(context), new WaitOption(), true);
    }

    public Session session() {
        return session;
    }

    public Workspace workspace() {
        return workspace;
    }

    public Lineage lineage() {
        return workspace.lineage();
    }

    public VersionId resolve(String revision) {
        return session.resolve(revision);
    }

    public Version version(VersionId id) {
        return lineage().version(id);
    }

    /** The executor the settings name. What it started here ends when the user interrupts the command, unless it queues. */
    public Executor executor() {
        return executor(Executors.configured(workspace::setting));
    }

    /** The same by name. */
    public Executor executor(String name) {
        return ending(Executors.create(name, workspace::setting, workspace.environment()));
    }

    /** The same for commands that belong on this machine, whatever the settings name. */
    public Executor localExecutor() {
        return ending(Executors.onThisMachine(workspace::setting, workspace.environment()));
    }

    private Executor ending(Executor executor) {
        executors.add(executor);
        Thread ending = new Thread(executor::cancelAll, "ends running commands");
        Runtime.getRuntime().addShutdownHook(ending);
        endings.add(ending);
        return executor;
    }

    @Override
    public void close() {
        executors.forEach(Executor::close);
        try {
            endings.forEach(ending -> Runtime.getRuntime().removeShutdownHook(ending));
        } catch (IllegalStateException e) {
            // the program is ending, and they have run
        }
        if (owned) {
            session.close();
        }
    }
}
