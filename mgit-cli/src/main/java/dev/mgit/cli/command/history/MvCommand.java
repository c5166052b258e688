package dev.mgit.cli.command.history;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Renames a model. */
@Command(
        name = "mv",
        description = "Rename a model. Its versions keep the name they were committed under; edges to them stay valid.")
public final class MvCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "OLD", description = "The model.")
    private String from = "";

    @Parameters(index = "1", paramLabel = "NEW", description = "Its new name.")
    private String to = "";

    @Mixin
    private final WaitOption wait = new WaitOption();

    MvCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            Models.rename(context, session, wait, from, to);
        }
        return 0;
    }
}
