package dev.mgit.cli.command.history;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.RevisionArguments;
import dev.mgit.cli.console.RevisionArguments.Range;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.checkpoint.StoreSettings;
import dev.mgit.lineage.diff.BlockDiff;
import dev.mgit.lineage.diff.Diff;
import dev.mgit.lineage.diff.DiffRequest;
import dev.mgit.lineage.diff.DiffSide;
import dev.mgit.lineage.diff.DiffSides;
import dev.mgit.lineage.diff.Diffs;
import dev.mgit.lineage.diff.FileChange;
import dev.mgit.lineage.diff.TensorChange;
import dev.mgit.lineage.diff.experts.ExpertDiff;
import dev.mgit.lineage.diff.report.DiffHtml;
import dev.mgit.lineage.diff.report.DiffJson;
import dev.mgit.lineage.diff.report.DiffMarkdown;
import dev.mgit.lineage.diff.report.DiffReport;
import dev.mgit.lineage.diff.report.DiffReport.Detail;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Glob;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what differs between two checkpoints. */
@Command(
        name = "diff",
        description = {
            "Compare two checkpoints and summarize the change in one line.",
            "A and B are revisions or paths; a revision wins over a path of the same name, ./NAME is always a path. "
                    + "A..B means A B; @ is the version checked out here.",
            "Without B, compare with the current folder; without A too, compare the version checked out here with it.",
            "Works on paths outside a repository too."
        })
public final class DiffCommand implements Callable<Integer> {
    /** What to print. */
    enum Format {
        TEXT,
        JSON,
        HTML,
        MD
    }

    private final Context context;

    @Parameters(paramLabel = "A B", arity = "0..2", description = "Revisions, files or folders.")
    private List<String> sides = new ArrayList<>();

    @Option(names = "--files", paramLabel = "GLOB", description = "Only files matching GLOB.")
    private @Nullable String files;

    @Option(names = "--tensors", paramLabel = "GLOB", description = "Only tensors matching GLOB; list each one.")
    private @Nullable String tensors;

    @Option(names = "--format", description = "text (default), json, html or md.")
    private Format format = Format.TEXT;

    @Option(names = "--stat", description = "Show only the summary, counts and files, no layers or tensors.")
    private boolean stat;

    @Option(
            names = "--names-only",
            description = "List only the names of files and tensors that differ, without measuring them.")
    private boolean namesOnly;

    @Option(names = "--name-only", description = "List only the paths of files that differ, like git.")
    private boolean nameOnly;

    @Option(
            names = "--blocks",
            description = "Compare the architecture block by block, and say which block of A the weights of each come "
                    + "from. A is the parent.")
    private boolean blocks;

    @Option(
            names = "--experts",
            description =
                    "Compare the experts of a mixture one by one, whatever layout and order either side keeps them "
                            + "in. A is the parent.")
    private boolean experts;

    @Option(names = "--exit-code", description = "Exit with 3 if there are differences.")
    private boolean exitCode;

    @Mixin
    private final JsonOption json = new JsonOption();

    DiffCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (nameOnly && namesOnly) {
            throw MgitException.usage("--name-only and --names-only cannot be combined");
        }
        boolean other =
                tensors != null || stat || namesOnly || nameOnly || format == Format.HTML || format == Format.MD;
        if (blocks && experts || (blocks || experts) && other) {
            throw MgitException.usage("--blocks and --experts can only be combined with --json and --exit-code");
        }
        try (Session session = Session.ifAny(context)) {
            Optional<Repository> repository = Optional.ofNullable(session).map(Session::repository);
            DiffRequest request = request(repository, session == null ? sides : named(session.revisions()));
            var diffs = session == null
                    ? new Diffs(repository, CopyProgress.none(), TaskPool.usualThreads())
                    : new Diffs(
                            repository,
                            session.progress(),
                            StoreSettings.of(session.repository().settings()).threads());
            if (nameOnly && tensors == null && !json.wanted() && format == Format.TEXT) {
                List<FileChange> changes = diffs.files(request);
                changes.forEach(file -> context.output().line(file.path()));
                return exitCode && !changes.isEmpty() ? MgitException.Kind.DIFFERS.exitCode() : 0;
            }
            boolean differs = blocks
                    ? blocks(diffs.blocks(request))
                    : experts ? experts(diffs.experts(request)) : print(diffs.diff(request));
            return exitCode && differs ? MgitException.Kind.DIFFERS.exitCode() : 0;
        }
    }

    private boolean blocks(BlockDiff diff) throws IOException {
        if (json.wanted() || format == Format.JSON) {
            context.output().json(out -> BlockDiffJson.write(out, diff));
        } else {
            diff.lines().forEach(context.output()::line);
        }
        return diff.differs();
    }

    private boolean experts(ExpertDiff diff) throws IOException {
        if (json.wanted() || format == Format.JSON) {
            context.output().json(out -> ExpertDiffJson.write(out, diff));
        } else {
            diff.lines().forEach(context.output()::line);
        }
        return diff.differs();
    }

    /** The two sides as the lineage knows them. */
    private List<String> named(RevisionArguments revisions) {
        if (sides.size() == 1 && Files.notExists(context.directory().resolve(sides.get(0)))) {
            Optional<Range> range = Range.parse(sides.get(0));
            if (range.isPresent()) {
                return List.of(
                        revisions.inFull(range.get().from()),
                        revisions.inFull(range.get().to()));
            }
        }
        return sides.stream().map(revisions::inFull).toList();
    }

    private DiffRequest request(Optional<Repository> repository, List<String> named) throws IOException {
        List<DiffSide> both = new DiffSides(repository, context.directory()).of(named);
        return new DiffRequest(
                both.get(0),
                both.get(1),
                Optional.ofNullable(files).map(Glob::new),
                Optional.ofNullable(tensors).map(Glob::new),
                namesOnly || nameOnly ? DiffRequest.Depth.NAMES : DiffRequest.Depth.NUMBERS);
    }

    private boolean print(Diff diff) {
        Output output = context.output();
        if (json.wanted() || format == Format.JSON) {
            output.jsonDocument(DiffJson.of(diff));
        } else if (nameOnly) {
            diff.files().forEach(file -> output.line(file.path()));
        } else if (namesOnly) {
            names(diff);
        } else if (format == Format.HTML) {
            output.document(DiffHtml.render(DiffReport.of(diff, Detail.TENSORS)));
        } else {
            Detail detail = stat ? Detail.SUMMARY : tensors == null ? Detail.LAYERS : Detail.TENSORS;
            if (format == Format.MD) {
                output.document(DiffMarkdown.render(DiffReport.of(diff, detail)));
            } else {
                DiffLines.of(output, diff, detail).forEach(output::line);
            }
        }
        return diff.differs();
    }

    private void names(Diff diff) {
        diff.files().forEach(file -> context.output().fields(word(file.kind()), "file", file.path()));
        diff.tensors().stream()
                .filter(tensor -> tensor.status() != TensorChange.Status.SAME)
                .forEach(tensor -> context.output().fields(word(tensor.status()), "tensor", tensor.name()));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
