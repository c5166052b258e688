package dev.mgit.cli.command.update;

import dev.mgit.cli.command.hooks.DataOption;
import dev.mgit.cli.command.hooks.ExecutorOption;
import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.command.hooks.ProgressOptions;
import dev.mgit.cli.command.hooks.Records;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.FromOption;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.LeftOutText;
import dev.mgit.cli.console.SignOption;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.commit.CommitWorkflow;
import dev.mgit.hooks.data.DataRecord;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.RecipeRunner;
import dev.mgit.hooks.recipe.RunRequest;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a version by running a command. */
@Command(
        name = "run",
        description = {
            "Run a command and commit its output with the recipe, for mgit rerun and mgit update.",
            "Each parent is checked out to its own folder, {parent1}, … (also MGIT_PARENT_1). The contents of the "
                    + "folder {output} (MGIT_OUTPUT) become the new version. The recipe records the command, the "
                    + "code's Git revision and whether it was modified, the interpreter and its packages, input "
                    + "digests, variables, seed, time and machine."
        })
public final class RunCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "COMMAND", arity = "1..*", description = "Program and arguments, after --.")
    private List<String> command = new ArrayList<>();

    @Option(
            names = "--model",
            paramLabel = "NAME",
            required = true,
            description = "The model to add the result to. Repeat it for a command that makes several models, each in "
                    + "its folder {output:NAME}.")
    private List<String> models = new ArrayList<>();

    @Option(
            names = {"-m", "--message"},
            paramLabel = "MSG",
            description = "The version's message.")
    private @Nullable String message;

    @Mixin
    private final FromOption from = new FromOption();

    @Mixin
    private final RecipeOptions recipe = new RecipeOptions();

    @Mixin
    private final DataOption data = new DataOption();

    @Mixin
    private final ExecutorOption executor = new ExecutorOption();

    @Mixin
    private final ProgressOptions progress = new ProgressOptions();

    @Mixin
    private final JsonOption json = new JsonOption();

    @Mixin
    private final SignOption sign = new SignOption();

    @Mixin
    private final WaitOption wait = new WaitOption();

    RunCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        sign.on(context);
        if (json.wanted()) {
            context.output().onlyJson();
        }
        try (HookSession session = HookSession.open(context, wait)) {
            DataRecord declared = data.record(context, session.workspace().root());
            RunRequest request =
                    recipe.request(context, session, models, parents(session), message(), command, declared);
            JobProgress told = telling(ProgressOptions.lines(context));
            Executor where = executor.create(session);
            CommitWorkflow workflow = AfterCommit.workflow(context, session, where, told);
            String subject = String.join(", ", models);
            try {
                new RecipeRunner(session.workspace(), where)
                        .run(
                                request,
                                workflow,
                                made -> {
                                    print(session, made);
                                    progress.end(context, session, JobProgress.Kind.PUBLISHED, subject, "");
                                },
                                told);
            } catch (MgitException e) {
                progress.end(context, session, JobProgress.Kind.FAILED, subject, e.getMessage());
                throw e;
            }
        }
        return 0;
    }

    /** What is kept because it is nowhere else is told even where nobody wants to see progress. */
    private JobProgress telling(JobProgress lines) {
        return event -> {
            if (event.kind() == JobProgress.Kind.KEPT) {
                context.output().note("files that were not stored stay in " + event.detail());
            } else {
                lines.on(event);
            }
        };
    }

    private void print(HookSession session, Map<String, VersionId> made) throws IOException {
        if (!json.wanted()) {
            made.forEach((model, id) -> {
                context.output().line("[" + model + " " + id.abbreviated() + "]");
                LeftOutText.lines(session.workspace().lineage().checkpoint(id).ignored())
                        .forEach(context.output()::note);
            });
            return;
        }
        context.output().json(out -> {
            out.writeArrayFieldStart("versions");
            for (Map.Entry<String, VersionId> version : made.entrySet()) {
                out.writeStartObject();
                out.writeStringField("model", version.getKey());
                out.writeStringField("id", version.getValue().hex());
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }

    private String message() {
        return message == null ? "Made by " + Records.line(command) : message;
    }

    private List<Recipe.Parent> parents(HookSession session) {
        return from.origins(session.session()).stream()
                .map(origin ->
                        new Recipe.Parent(session.version(origin.version()).model(), origin.version(), origin.kind()))
                .toList();
    }
}
