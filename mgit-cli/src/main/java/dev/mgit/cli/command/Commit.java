package dev.mgit.cli.command;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.detect.Detected;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Lineage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
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
            "PATH is a file, or a folder with weights and whatever belongs to them. It is only read.",
            "In a folder that mgit checked out, the model and where it came from are known."
        })
public final class Commit implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "PATH", arity = "0..1", defaultValue = ".", description = "Default: the current folder.")
    private Path path = Path.of(".");

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "The model this is a version of; a new name makes a new model. "
                    + "Default: the model checked out here, else the name of PATH.")
    private @Nullable String model;

    @Option(
            names = {"-m", "--message"},
            paramLabel = "MSG",
            description = "What is new about this version.")
    private @Nullable String message;

    @Option(
            names = "--from",
            paramLabel = "REV[=KIND]",
            description = "A version it was derived from, and how: finetune (default), continue-pretrain, distill, "
                    + "prune, quantize, cast, convert, adapter, merge, search, rl, other. May be given several times.")
    private List<String> from = new ArrayList<>();

    @Option(
            names = "--detect",
            description = "Find out from the weights what it was derived from, and record that as inferred.")
    private boolean detect;

    @Option(
            names = "--trailer",
            paramLabel = "K=V",
            description = "A line 'K: V' to end the message with. May be given several times.")
    private Map<String, String> trailers = new LinkedHashMap<>();

    @Mixin
    private final WaitOption wait = new WaitOption();

    Commit(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            List<CommitRequest.Origin> declared = origins(session.repository().lineage());
            Path files = context.resolve(path);
            var search = new ParentSearch(session, context.output());
            try (WriterLock lock = wait.lock(context, session.repository(), "mgit commit")) {
                Optional<Detected> found = detect ? search.detect(files, lock) : Optional.empty();
                found.ifPresent(origin -> trailers.putAll(ParentSearch.trailer(origin)));
                var request = new CommitRequest(
                        files,
                        Optional.ofNullable(model),
                        Optional.ofNullable(message),
                        found.map(ParentSearch::origins).orElse(declared),
                        trailers,
                        session.author(),
                        Instant.now(),
                        Map.of());
                CommitResult result = new Commits(session.repository(), session.progress()).commit(request, lock);
                print(session, result);
                search.after(files, result, lock);
            }
        }
        return 0;
    }

    private List<CommitRequest.Origin> origins(Lineage lineage) {
        if (detect && !from.isEmpty()) {
            throw MgitException.usage("give --from or --detect, not both");
        }
        List<CommitRequest.Origin> origins = new ArrayList<>();
        for (String origin : from) {
            int equals = origin.lastIndexOf('=');
            String revision = equals < 0 ? origin : origin.substring(0, equals);
            EdgeKind kind = equals < 0 ? EdgeKind.FINETUNE : EdgeKind.parse(origin.substring(equals + 1));
            origins.add(new CommitRequest.Origin(lineage.resolve(revision), kind));
        }
        if (origins.stream().map(CommitRequest.Origin::version).distinct().count() < origins.size()) {
            throw MgitException.usage("the same version is given twice with --from");
        }
        return origins;
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
        if (!result.ignored().isEmpty()) {
            output.note("left out by ignore rules: " + String.join(", ", result.ignored()));
        }
    }

    private static String count(int number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}
