package dev.mgit.cli.command;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.Table;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitLineage;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists models, or starts one at an existing version. */
@Command(
        name = "branch",
        description = {
            "List the models, or let a new model NAME start at an existing version.",
            "A model is a branch: its next version continues from there."
        })
public final class Branch implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "NAME", arity = "0..1", description = "The model to start.")
    private @Nullable String name;

    @Parameters(index = "1", paramLabel = "REV", arity = "0..1", description = "Where it starts.")
    private @Nullable String revision;

    @Option(names = "--force", description = "Move NAME there if it exists.")
    private boolean force;

    @Mixin
    private final JsonOption json = new JsonOption();

    @Mixin
    private final WaitOption wait = new WaitOption();

    Branch(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            Lineage lineage = session.repository().lineage();
            if (name == null) {
                list(lineage);
                return 0;
            }
            if (revision == null) {
                throw new MgitException(
                        MgitException.Kind.USAGE, "where shall '" + name + "' start?", "mgit branch " + name + " REV");
            }
            VersionId start = lineage.resolve(revision);
            if (lineage.model(name).isPresent() && !force) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT, "there is already a model '" + name + "'", "move it with --force");
            }
            String model = name;
            GitLineage.requireModelName(model, lineage);
            wait.change(context, session, "branch " + model, transaction -> transaction.setModel(model, start));
            context.output().line(name + " starts at " + session.name(start));
        }
        return 0;
    }

    private void list(Lineage lineage) throws IOException {
        if (json.wanted()) {
            context.output().json(out -> {
                out.writeArrayFieldStart("models");
                for (Model model : lineage.models()) {
                    out.writeStartObject();
                    out.writeStringField("name", model.name());
                    out.writeStringField("head", model.head().hex());
                    out.writeEndObject();
                }
                out.writeEndArray();
            });
            return;
        }
        Table table = context.output().table("Model", "Version", "Made", "Message");
        for (Model model : lineage.models()) {
            Version head = lineage.version(model.head());
            table.row(
                    model.name(),
                    model.head().abbreviated(),
                    head.when().toString().substring(0, 10),
                    head.subject());
        }
        table.print();
        Output output = context.output();
        if (lineage.models().isEmpty()) {
            output.line("No models yet");
        }
    }
}
