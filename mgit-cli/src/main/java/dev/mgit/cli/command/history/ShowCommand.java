package dev.mgit.cli.command.history;

import dev.mgit.cli.command.update.ResultText;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.RevisionArguments.FileOf;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.VersionText;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows one version, or one of its files. */
@Command(
        name = "show",
        description = {
            "Show a version: edges, files, test results, recipe and, with --tensors, its tensors.",
            "REV:PATH prints a file: its text or a summary on a terminal, its exact bytes elsewhere, as in 'mgit show "
                    + "bert~1:config.json > old.json'. REV:FOLDER/ lists a folder.",
            "Without REV, show the version checked out here, else the newest."
        })
public final class ShowCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(
            paramLabel = "REV[:PATH]",
            arity = "0..1",
            description = "A model, tag, id, @ or REV~N, optionally " + "with a file.")
    private @Nullable String revision;

    @Option(names = "--tensors", description = "List the tensors of each file.")
    private boolean tensors;

    @Mixin
    private final JsonOption json = new JsonOption();

    ShowCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            Lineage lineage = session.repository().lineage();
            Optional<FileOf> file = Optional.ofNullable(revision).flatMap(FileOf::parse);
            VersionId id = revision == null
                    ? here(session)
                    : session.resolve(file.map(FileOf::revision).orElse(revision));
            Version version = lineage.version(id);
            var files = new CheckpointText(context.output(), lineage, lineage.checkpoint(id), tensors);
            if (file.isPresent()) {
                new FileOfVersion(context, session, version, files, tensors)
                        .show(file.get().path(), json.wanted());
            } else {
                show(session, version, files);
            }
        }
        return 0;
    }

    private void show(Session session, Version version, CheckpointText files) throws IOException {
        var results = new ResultText(context, session);
        var text = new VersionText(session.repository().lineage(), context.output());
        if (json.wanted()) {
            context.output().json(out -> {
                text.fields(out, version);
                files.json(out);
                results.json(out, version, results.standing(version));
                results.recipeJson(out, version);
            });
            return;
        }
        text.full(version).forEach(context.output()::line);
        files.print();
        List<String> tests = results.lines(version, results.standing(version));
        if (!tests.isEmpty()) {
            context.output().line("");
            tests.forEach(context.output()::line);
        }
        results.printRecipe(version);
    }

    private static VersionId here(Session session) {
        return session.revisions().checkedOut().map(state -> state.version()).orElseGet(() -> {
            Lineage lineage = session.repository().lineage();
            Iterator<Version> newest =
                    lineage.walk(lineage.models().stream().map(Model::head).toList());
            if (!newest.hasNext()) {
                throw new MgitException(
                        MgitException.Kind.FAILED,
                        "no versions yet",
                        "commit the first with 'mgit commit PATH --model NAME'");
            }
            return newest.next().id();
        });
    }
}
