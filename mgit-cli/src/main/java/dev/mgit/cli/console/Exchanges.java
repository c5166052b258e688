package dev.mgit.cli.console;

import dev.mgit.hooks.maintain.NoteFormats;
import dev.mgit.lineage.remote.Exchange;
import dev.mgit.lineage.remote.Remotes;
import dev.mgit.lineage.repository.Repository;
import java.nio.file.Path;

/** What commands hand to the library to exchange versions with remotes. */
public final class Exchanges {
    private Exchanges() {}

    public static Exchange of(Context context, Session session, WaitOption wait) {
        Repository repository = session.repository();
        return new Exchange(
                repository,
                context.terminal().environment(),
                session.author(),
                new WaitOption.Locks(wait, context, repository),
                context.output()::note,
                NoteFormats.mergers(),
                session.progress());
    }

    public static Remotes remotes(Session session) {
        return new Remotes(
                session.repository().ownSettings(), session.repository().root());
    }

    /** The address of a store as it is kept: a path is one from the folder the command runs in. */
    public static String store(Context context, String url) {
        return url.matches("[A-Za-z][A-Za-z0-9+.-]+:.*")
                ? url
                : context.resolve(Path.of(url)).toUri().toString().replaceFirst("/$", "");
    }
}
