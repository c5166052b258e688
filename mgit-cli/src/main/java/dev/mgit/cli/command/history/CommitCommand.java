package dev.mgit.cli.command.history;

import dev.mgit.cli.command.hooks.DataOption;
import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.command.hooks.ProgressOptions;
import dev.mgit.cli.command.update.AfterCommit;
import dev.mgit.cli.console.ConfidenceOption;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.FindingsText;
import dev.mgit.cli.console.FromOption;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.LeftOutText;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.SignOption;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.cli.console.WeightsOnlyOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.commit.IncomingCheckpoint;
import dev.mgit.hooks.modeltest.LossyGate;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.detect.Detected;
import dev.mgit.lineage.repository.WriterLock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a version of a checkpoint. */
@Command(
        name = "commit",
        description = {
            "Store a checkpoint as a new version of a model.",
            "PATH is a file of any kind, or a folder with weights and the files that belong to them. It is never "
                    + "modified.",
            "Unknown formats are stored as opaque bytes; missing files are reported.",
            "In a folder checked out by mgit, the model and its parent are known.",
            "With --sparse, the new version is that of --from with the elements of a sparse update replaced."
        })
public final class CommitCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "PATH", arity = "0..1", defaultValue = ".", description = "Default: the current folder.")
    private Path path = Path.of(".");

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "The model to add the version to; a new name creates a model. Default: the model checked "
                    + "out here, else the last part of PATH that is more than 'final', 'checkpoint-50', a date or a "
                    + "hash.")
    private @Nullable String model;

    @Option(
            names = {"-m", "--message"},
            paramLabel = "MSG",
            description = "The version's message.")
    private @Nullable String message;

    @Mixin
    private final FromOption from = new FromOption();

    @Option(names = "--detect", description = "Detect the parent from the weights and record it as inferred.")
    private boolean detect;

    @Mixin
    private final ConfidenceOption confidence = new ConfidenceOption();

    @Option(
            names = "--sparse",
            paramLabel = "FILE",
            description =
                    "Apply a sparse update to the version that --from names: a safetensors file of changed indices "
                            + "and values, as 'mgit export --sparse' and TRL write it. Nothing is committed unless the weights "
                            + "before and after are those it names. Default KIND: the one it names, else rl.")
    private @Nullable Path sparse;

    @Option(
            names = "--megatron",
            description =
                    "PATH is a legacy Megatron-LM checkpoint (mp_rank_XX folders): commit the model that its shards "
                            + "are parts of, as one safetensors file with whole tensors. Needs --model.")
    private boolean megatron;

    @Option(names = "--trailer", paramLabel = "K=V", description = "Append trailer 'K: V' to the message. Repeatable.")
    private Map<String, String> trailers = new LinkedHashMap<>();

    @Mixin
    private final DataOption data = new DataOption();

    @Option(
            names = "--strict",
            description = "Refuse a checkpoint that references missing files: shards, external data, components. By "
                    + "default they are only listed. Setting: commit.strict.")
    private boolean strict;

    @Mixin
    private final WeightsOnlyOption weightsOnly = new WeightsOnlyOption();

    @Mixin
    private final LossyOptions lossy = new LossyOptions();

    @Mixin
    private final JsonOption json = new JsonOption();

    @Mixin
    private final SignOption sign = new SignOption();

    @Mixin
    private final WaitOption wait = new WaitOption();

    CommitCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        sign.on(context);
        lossy.requireSense();
        if (json.wanted()) {
            context.output().onlyJson();
        }
        if (sparse != null) {
            requireOnlySparse();
            new SparseCommit(context, from, Optional.ofNullable(model), Optional.ofNullable(message), json, wait)
                    .run(context.resolve(sparse));
            return 0;
        }
        try (Session session = Session.open(context)) {
            if (megatron) {
                MegatronCommit.with(context, session, context.resolve(path), model, whole -> commit(session, whole));
            } else {
                commit(session, context.resolve(path));
            }
        }
        return 0;
    }

    private void commit(Session session, Path files) throws IOException {
        var search = new ParentSearch(session, context.output());
        var naming = new NameCheck(session);
        naming.requireCheckpoint(path, files, Optional.ofNullable(model));
        List<CommitRequest.Origin> origins = from.origins(session);
        if (detect) {
            origins = detected(session, search, files, origins);
        }
        var request = new CommitRequest(
                files,
                Optional.ofNullable(model),
                Optional.ofNullable(message),
                origins,
                trailers,
                session.author(),
                Instant.now(),
                data.record(context, session.repository().files().root()).with(Map.of()),
                strict,
                weightsOnly.wanted());
        naming.requireKin(path, request);
        commit(session, search, request);
    }

    private void requireOnlySparse() {
        if (detect
                || megatron
                || strict
                || weightsOnly.wanted()
                || lossy.isWanted()
                || data.isGiven()
                || !trailers.isEmpty()
                || !path.equals(Path.of("."))) {
            throw MgitException.usage("--sparse takes --from, --model and --message, and no PATH");
        }
    }

    private void commit(Session session, ParentSearch search, CommitRequest request) throws IOException {
        try (HookSession hooks = HookSession.within(context, session, wait)) {
            hooks.tellOfOldTrust(context);
            Optional<LossyGate> gate = lossy.gate(hooks, request.path());
            var incoming = new IncomingCheckpoint(
                    new Commits(session.repository(), session.progress()),
                    request,
                    () -> wait.lock(context, session.repository(), "mgit commit"),
                    lossy.bound(),
                    gate);
            AfterCommit.workflow(context, hooks, hooks.localExecutor(), ProgressOptions.lines(context))
                    .run(incoming, result -> {
                        gate.ifPresent(judged -> LossyOptions.print(context.output(), judged));
                        tell(session, result);
                        search.after(request.path(), result);
                    });
        }
    }

    private void tell(Session session, CommitResult result) throws IOException {
        if (json.wanted()) {
            context.output().json(out -> new CommitJson(session).write(out, result));
        } else {
            print(session, result);
        }
    }

    private List<CommitRequest.Origin> detected(
            Session session, ParentSearch search, Path files, List<CommitRequest.Origin> declared) throws IOException {
        if (!declared.isEmpty()) {
            throw MgitException.usage("--from and --detect cannot be combined");
        }
        try (WriterLock lock = wait.lock(context, session.repository(), "mgit commit --detect")) {
            double least = confidence.value(session.repository().settings());
            Optional<Detected> found = search.detect(files, least, lock);
            found.ifPresent(origin -> trailers.putAll(ParentSearch.trailer(origin)));
            return found.map(ParentSearch::origins).orElse(List.of());
        }
    }

    private void print(Session session, CommitResult result) {
        Output output = context.output();
        String fresh = result.previous().isEmpty() ? " (new model)" : "";
        output.line("[" + result.model() + " " + result.version().abbreviated() + "]" + fresh);
        result.origins()
                .forEach(origin -> output.line("  " + origin.kind().word() + " of " + session.name(origin.version())));
        output.line("  " + count(result.files(), "file") + ", " + count(result.tensors(), "tensor") + ", "
                + Output.bytes(result.bytes()) + "; new " + Output.bytes(result.newBytes()) + ", stored as "
                + Output.bytes(result.storedBytes()) + " (" + Output.ratio(result.bytes(), result.storedBytes()) + ")");
        if (lossy.isWanted()) {
            lossy.print(output, result);
        }
        FindingsText.tell(output, result.findings());
        LeftOutText.lines(result.ignored()).forEach(output::note);
        if (!result.leftovers().isEmpty()) {
            output.note("stored as they are, though they look like leftovers of tools: "
                    + String.join(", ", result.leftovers()));
            output.hint("list files that are not part of the model in .mgitignore");
        }
    }

    private static String count(int number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}
