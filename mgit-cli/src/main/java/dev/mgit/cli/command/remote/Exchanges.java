package dev.mgit.cli.command.remote;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.hooks.maintain.NoteFormats;
import dev.mgit.lineage.remote.Exchange;
import dev.mgit.lineage.remote.Remotes;
import dev.mgit.lineage.repository.Repository;
import java.util.Optional;

/** What the commands of this package hand to the library. */
final class Exchanges {
    private Exchanges() {}

    static Exchange of(Context context, Session session, WaitOption wait) {
        Repository repository = session.repository();
        return new Exchange(
                repository,
                context.terminal().environment(),
                session.author(),
                what -> wait.lock(context, repository, what),
                context.output()::note,
                NoteFormats.mergers(),
                remote -> Optional.empty());
    }

    static Remotes remotes(Session session) {
        return new Remotes(
                session.repository().ownSettings(), session.repository().root());
    }
}
