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
            "Undo the latest or the given operation: restore models, tags and notes.",
            "Folders are not touched. An undo is an operation too and can be undone by id."
        })
public final class UndoCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "OPERATION", arity = "0..1", description = "An operation id from 'mgit op log'.")
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
            context.output().line("Undid: " + undone.description());
        }
        return 0;
    }
}
