package dev.mgit.cli.command.history;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitLineage;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import java.io.IOException;
import java.util.List;

/** Finding, renaming and removing models by the names a user typed. */
final class Models {
    private Models() {}

    /** @throws MgitException of kind USAGE, with a did-you-mean hint, if there is no such model */
    static Model require(Session session, String name) {
        Lineage lineage = session.repository().lineage();
        return lineage.model(name).orElseThrow(() -> {
            if (lineage.tryResolve(name).isPresent()) {
                return MgitException.usage("'" + name + "' is a version, not a model");
            }
            session.resolve(name); // says what is near
            return MgitException.usage("there is no model '" + name + "'");
        });
    }

    /** Renames a model. */
    static void rename(Context context, Session session, WaitOption wait, String from, String to) throws IOException {
        Lineage lineage = session.repository().lineage();
        wait.change(context, session, "mv " + from + " " + to, transaction -> {
            Model model = require(session, from);
            if (lineage.model(to).isPresent()) {
                throw MgitException.usage("there is already a model '" + to + "'");
            }
            GitLineage.requireModelName(to, lineage);
            transaction.setModel(to, model.head());
            transaction.deleteModel(from);
        });
        context.output().line(from + " is now " + to);
    }

    /** Removes models; their versions stay until gc. */
    static void remove(Context context, Session session, WaitOption wait, List<String> names) throws IOException {
        wait.change(context, session, "rm " + String.join(" ", names), transaction -> {
            names.forEach(name -> require(session, name));
            names.forEach(transaction::deleteModel);
        });
        context.output().line("Removed " + String.join(", ", names));
        context.output().hint("revert this with 'mgit undo'");
    }
}
