package dev.mgit.cli.command.store;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.Operation;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Takes back an operation. */
@Command(
        name = "undo",
        description = {
            "Take back the latest operation, or the one named, by moving models, tags and notes back.",
            "Folders are not touched. An undo is itself an operation and can be undone by its id."
        })
public final class UndoCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "OPERATION", arity = "0..1", description = "An id from 'mgit op log'.")
    private @Nullable String operation;

    @Mixin
    private final WaitOption wait = new WaitOption();

    UndoCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context);
                WriterLock lock = wait.lock(context, session.repository(), "mgit undo")) {
            Operation undone = session.repository().lineage().undo(Optional.ofNullable(operation), session.author());
            context.output().line("Took back: " + undone.description());
        }
        return 0;
    }
}
