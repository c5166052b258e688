package dev.mgit.cli.command.doctor;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.repository.Repository;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks at what mgit depends on. */
@Command(
        name = "doctor",
        description = {
            "Check the machine, the file system, permissions, locks, clock, settings, store and remotes, and say what to"
                    + " do about what is wrong.",
            "Changes nothing. Exits with 1 if there is a finding. 'mgit fsck' verifies what is stored."
        })
public final class DoctorCommand implements Callable<Integer> {
    private final Context context;

    @Option(
            names = "--bundle",
            paramLabel = "FILE",
            description =
                    "Also write a zip file to send to whoever helps you. It holds the report, and no weights and no"
                            + " secrets; paths and messages in it can name models.")
    private @Nullable Path bundle;

    @Option(names = "--offline", description = "Do not ask remotes.")
    private boolean offline;

    @Mixin
    private final JsonOption json = new JsonOption();

    DoctorCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        var checkup = new Checkup(context.terminal().environment());
        new MachineCheck(checkup, context).run();
        try (Closing opened = new Closing(open(checkup))) {
            Session session = opened.session();
            if (session != null) {
                look(checkup, session);
            }
            if (bundle != null) {
                write(
                        context.resolve(bundle),
                        checkup,
                        Optional.ofNullable(session).map(Session::repository));
            }
        }
        if (json.wanted()) {
            context.output().json(checkup::write);
        } else {
            checkup.print(context.output());
        }
        return checkup.findings().isEmpty() ? 0 : MgitException.Kind.FAILED.exitCode();
    }

    /** A session that there may not be. */
    private record Closing(@Nullable Session session) implements AutoCloseable {
        @Override
        public void close() {
            if (session != null) {
                session.close();
            }
        }
    }

    private void look(Checkup checkup, Session session) {
        new DiskCheck(checkup, session.repository().files().mgit()).run();
        new RepositoryCheck(checkup, context, session).run();
        if (!offline) {
            new RemoteCheck(checkup, context, session).run();
        }
    }

    /** The repository the command runs in; that it does not open is a finding. */
    private @Nullable Session open(Checkup checkup) throws IOException {
        try {
            Session found = Session.ifAny(context);
            if (found == null) {
                checkup.fact("repository", "place", "none here");
            }
            return found;
        } catch (MgitException e) {
            checkup.finding(
                    "repository", e.getMessage(), Optional.ofNullable(e.hint()).orElse("run 'mgit fsck --repair'"));
            return null;
        }
    }

    private void write(Path file, Checkup checkup, Optional<Repository> repository) throws IOException {
        try {
            SupportBundle.write(file, checkup, repository, context.terminal().environment());
        } catch (FileAlreadyExistsException e) {
            throw new MgitException(MgitException.Kind.USAGE, file + " exists already", "name another file", e);
        } catch (NoSuchFileException e) {
            throw new MgitException(MgitException.Kind.USAGE, "there is no folder for " + file, "make it first", e);
        }
    }
}
