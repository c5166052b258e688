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
            "Remove models. Versions that other models were derived from stay, as part of those models' history.",
            "'mgit undo' brings a removed model back; 'mgit gc' gives its space back once that is no longer possible."
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
