package dev.mgit.cli.command.serve;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.command.hooks.ProgressOptions;
import dev.mgit.cli.command.update.AfterCommit;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.serve.hub.push.PushLimits;
import dev.mgit.serve.hub.push.PushTarget;
import dev.mgit.serve.hub.push.Pushes;
import java.io.IOException;
import java.util.Optional;

/** The repository as pushes change it: by the same way in as {@code mgit commit}, which says there what follows. */
final class PushSession implements AutoCloseable {
    private final Optional<HookSession> hooks;
    private final Optional<Pushes> pushes;

    private PushSession(Optional<HookSession> hooks, Optional<Pushes> pushes) {
        this.hooks = hooks;
        this.pushes = pushes;
    }

    /** Of a server that accepts none. */
    static PushSession none() {
        return new PushSession(Optional.empty(), Optional.empty());
    }

    static PushSession open(Context context) throws IOException {
        var wait = new WaitOption();
        HookSession hooks = HookSession.open(context, wait);
        boolean ready = false;
        try {
            Repository repository = hooks.session().repository();
            var target = new PushTarget(
                    repository,
                    AfterCommit.workflow(context, hooks, hooks.localExecutor(), ProgressOptions.lines(context)),
                    () -> wait.lock(context, repository, "mgit serve"));
            Pushes pushes = Pushes.to(target, PushLimits.of(repository.settings()));
            ready = true;
            return new PushSession(Optional.of(hooks), Optional.of(pushes));
        } finally {
            if (!ready) {
                hooks.close();
            }
        }
    }

    Optional<Pushes> pushes() {
        return pushes;
    }

    @Override
    public void close() throws IOException {
        if (pushes.isPresent()) {
            pushes.get().close();
        }
        try {
            hooks.ifPresent(HookSession::close);
        } catch (IllegalStateException e) {
            // the process is ending, and everything with it
        }
    }
}
