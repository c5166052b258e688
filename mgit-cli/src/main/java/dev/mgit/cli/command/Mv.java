package dev.mgit.cli.command;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitLineage;
import dev.mgit.lineage.version.Lineage;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Renames a model. */
@Command(
        name = "mv",
        description = "Rename a model. Its versions keep the name they were made under; edges to them hold.")
public final class Mv implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "OLD", description = "The model.")
    private String from = "";

    @Parameters(index = "1", paramLabel = "NEW", description = "Its new name.")
    private String to = "";

    @Mixin
    private final WaitOption wait = new WaitOption();

    Mv(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            Lineage lineage = session.repository().lineage();
            Models.require(lineage, from);
            if (lineage.model(to).isPresent()) {
                throw MgitException.usage("there is already a model '" + to + "'");
            }
            GitLineage.requireModelName(to, lineage);
            wait.change(context, session, "mv " + from + " " + to, transaction -> {
                transaction.setModel(to, Models.require(lineage, from).head());
                transaction.deleteModel(from);
            });
            context.output().line(from + " is now " + to);
        }
        return 0;
    }
}
