package dev.mgit.cli.command.history;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Removes models. */
@Command(
        name = "rm",
        description = {
            "Remove models. Versions that other models were derived from stay in those models' history.",
            "'mgit undo' restores a removed model; 'mgit gc' frees its space once it can no longer be undone."
        })
public final class RmCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "MODEL", arity = "1..*", description = "The models to remove.")
    private List<String> names = new ArrayList<>();

    @Mixin
    private final WaitOption wait = new WaitOption();

    RmCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            Models.remove(context, session, wait, names);
        }
        return 0;
    }
}
