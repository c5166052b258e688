package dev.mgit.cli.command.lineage;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.bisect.BisectRun;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.query.Bisect;
import dev.mgit.lineage.query.Bisect.Found;
import dev.mgit.lineage.query.Bisect.Step;
import dev.mgit.lineage.query.Bisect.Undecided;
import dev.mgit.lineage.query.BisectState;
import dev.mgit.lineage.query.BisectState.Verdict;
import dev.mgit.lineage.repository.DurableFiles;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds the version that made things bad. */
@Command(
        name = "bisect",
        description = {
            "Find the first bad version among the ancestors of a bad one by binary search, along version and "
                    + "provenance edges, merges included.",
            "Mark versions by hand (start, then good, bad or skip), or let a command decide (run). Your folders are "
                    + "not touched."
        })
public final class BisectCommand {
    private final Context context;

    BisectCommand(Context context) {
        this.context = context;
    }

    @Command(name = "start", description = "Start a search; replaces the current one.")
    int start(
            @Parameters(paramLabel = "BAD", arity = "0..1", description = "A bad version.") @Nullable String bad,
            @Parameters(paramLabel = "GOOD", arity = "0..*", description = "Good versions.") @Nullable
                    List<String> good,
            @Mixin JsonOption json)
            throws IOException {
        try (Session session = Session.open(context)) {
            BisectState state = marked(session, BisectState.start(), bad, good == null ? List.of() : good);
            Step step = next(session, state);
            save(session, state);
            return say(session, step, json);
        }
    }

    @Command(name = "good", description = "Mark versions as good.")
    int good(
            @Parameters(paramLabel = "REV", arity = "0..*", description = "Default: the version to test next.")
                    @Nullable
                    List<String> revisions,
            @Mixin JsonOption json)
            throws IOException {
        return mark(Verdict.GOOD, revisions, json);
    }

    @Command(name = "bad", description = "Mark versions as bad.")
    int bad(
            @Parameters(paramLabel = "REV", arity = "0..*", description = "Default: the version to test next.")
                    @Nullable
                    List<String> revisions,
            @Mixin JsonOption json)
            throws IOException {
        return mark(Verdict.BAD, revisions, json);
    }

    @Command(name = "skip", description = "Mark versions as untestable.")
    int skip(
            @Parameters(paramLabel = "REV", arity = "0..*", description = "Default: the version to test next.")
                    @Nullable
                    List<String> revisions,
            @Mixin JsonOption json)
            throws IOException {
        return mark(Verdict.SKIP, revisions, json);
    }

    @Command(
            name = "run",
            description = {
                "Run a command on versions until the first bad one is found.",
                "MGIT_MODEL is a folder with the version's files, MGIT_MODEL_NAME its model, MGIT_VERSION its id. "
                        + "Exit code 0 means good, 1 to 124 bad, 125 skip; 126 and above stops, and the next 'mgit "
                        + "bisect run' continues."
            })
    int run(
            @Option(names = "--bad", paramLabel = "REV", description = "Start a search with this bad version.")
                    @Nullable
                    String bad,
            @Option(names = "--good", paramLabel = "REV", description = "A good version. Repeatable.") @Nullable
                    List<String> good,
            @Parameters(paramLabel = "CMD", arity = "1..*", description = "Program and arguments, after --.")
                    List<String> command,
            @Mixin JsonOption json)
            throws IOException {
        try (HookSession hooks = HookSession.open(context, new WaitOption())) {
            Session session = hooks.session();
            BisectState before = bad == null ? load(session) : BisectState.start();
            BisectState state = marked(session, before, bad, good == null ? List.of() : good);
            LineageGraph graph = session.repository().graph();
            Step step = new Bisect(graph).next(state);
            save(session, state);
            if (step instanceof Bisect.NeedBad) {
                throw new MgitException(MgitException.Kind.USAGE, "no bad version given", "name one with --bad REV");
            }
            var runner = new BisectRun(hooks.workspace(), hooks.localExecutor(), context.directory(), command);
            while (step instanceof Bisect.Test test) {
                Verdict verdict = runner.judge(test.version());
                state = state.with(verdict, test.version());
                step = new Bisect(graph).next(state);
                save(session, state);
                if (!json.wanted()) {
                    context.output()
                            .line(verdict.word() + "  " + session.name(test.version()) + "  (of " + test.suspects()
                                    + " suspects)");
                }
            }
            return say(session, step, json, runner.runs());
        }
    }

    @Command(name = "log", description = "Show the marks so far and the version to test next.")
    int log(@Mixin JsonOption json) throws IOException {
        try (Session session = Session.open(context)) {
            BisectState state = load(session);
            if (!json.wanted()) {
                state.marks()
                        .forEach(mark ->
                                context.output().line(mark.verdict().word() + "  " + session.name(mark.version())));
            }
            return say(session, next(session, state), json);
        }
    }

    @Command(name = "reset", description = "End the search and discard its state.")
    int reset() throws IOException {
        try (HookSession hooks = HookSession.open(context, new WaitOption())) {
            Path state = hooks.session().repository().files().bisect();
            boolean any = Files.deleteIfExists(state);
            DurableFiles.syncFolder(state.resolveSibling(""));
            FolderTools.delete(BisectRun.logs(hooks.workspace().scratch()));
            context.output().line(any ? "Bisect ended" : "No bisect in progress");
        }
        return 0;
    }

    /** Whether a search has been begun and has not come to its end. */
    public static boolean underWay(Session session) throws IOException {
        if (Files.notExists(session.repository().files().bisect())) {
            return false;
        }
        Step step = next(session, load(session));
        return !(step instanceof Found) && !(step instanceof Undecided);
    }

    private int mark(Verdict verdict, @Nullable List<String> revisions, JsonOption json) throws IOException {
        try (Session session = Session.open(context)) {
            BisectState state = load(session);
            if (revisions == null || revisions.isEmpty()) {
                if (!(next(session, state) instanceof Bisect.Test test)) {
                    throw MgitException.usage("there is no version to test next; name one");
                }
                state = state.with(verdict, test.version());
            } else {
                for (String revision : revisions) {
                    state = state.with(verdict, session.resolve(revision));
                }
            }
            Step step = next(session, state);
            save(session, state);
            return say(session, step, json);
        }
    }

    private static BisectState marked(Session session, BisectState before, @Nullable String bad, List<String> good) {
        BisectState state = before;
        if (bad != null) {
            state = state.with(Verdict.BAD, session.resolve(bad));
        }
        for (String revision : good) {
            state = state.with(Verdict.GOOD, session.resolve(revision));
        }
        return state;
    }

    private static Step next(Session session, BisectState state) {
        return new Bisect(session.repository().graph()).next(state);
    }

    private static BisectState load(Session session) throws IOException {
        Path file = session.repository().files().bisect();
        if (Files.notExists(file)) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "no bisect in progress", "start one with: mgit bisect start BAD GOOD");
        }
        return BisectState.parse(Files.readAllBytes(file));
    }

    /** Only what makes sense is kept: a mark that contradicts the others was refused before. */
    private static void save(Session session, BisectState state) throws IOException {
        session.repository().access().requireOurs();
        DurableFiles.replace(session.repository().files().bisect(), state.toJson());
    }

    private int say(Session session, Step step, JsonOption json) throws IOException {
        return say(session, step, json, 0);
    }

    private int say(Session session, Step step, JsonOption json, int runs) throws IOException {
        if (json.wanted()) {
            context.output().json(out -> json(out, session, step, runs));
        } else {
            print(session, step, runs);
        }
        return step instanceof Undecided ? MgitException.Kind.FAILED.exitCode() : 0;
    }

    private void print(Session session, Step step, int runs) {
        Output output = context.output();
        if (step instanceof Bisect.NeedBad) {
            output.line("No bad version yet; mark one with 'mgit bisect bad REV'");
        } else if (step instanceof Bisect.Test test) {
            output.line("Test next: " + session.name(test.version()) + " (one of " + test.suspects()
                    + " suspects, about " + test.runs() + " more tests)");
            output.hint("'mgit checkout " + test.version().abbreviated()
                    + " DIR' writes it; then 'mgit bisect good', 'bad' or 'skip'");
        } else if (step instanceof Found found) {
            output.line(session.name(found.version()) + " is the first bad version"
                    + (runs == 0 ? "" : ", found with " + runs + " run(s)"));
            output.line("  "
                    + session.repository().lineage().version(found.version()).subject());
        } else if (step instanceof Undecided undecided) {
            output.line("Only skipped versions are left; the first bad one is one of");
            undecided.candidates().forEach(id -> output.line("  " + session.name(id)));
        }
    }

    private static void json(JsonGenerator json, Session session, Step step, int runs) throws IOException {
        Optional<VersionId> version = Optional.empty();
        List<VersionId> candidates = new ArrayList<>();
        String word = "need-bad";
        if (step instanceof Bisect.Test test) {
            word = "test";
            version = Optional.of(test.version());
            json.writeNumberField("suspects", test.suspects());
            json.writeNumberField("runs_left", test.runs());
        } else if (step instanceof Found found) {
            word = "found";
            version = Optional.of(found.version());
            json.writeNumberField("runs", runs);
        } else if (step instanceof Undecided undecided) {
            word = "undecided";
            candidates.addAll(undecided.candidates());
        }
        json.writeStringField("step", word);
        if (version.isPresent()) {
            json.writeStringField("version", version.get().hex());
            json.writeStringField(
                    "model",
                    session.repository().lineage().version(version.get()).model());
        }
        json.writeArrayFieldStart("candidates");
        for (VersionId candidate : candidates) {
            json.writeString(candidate.hex());
        }
        json.writeEndArray();
    }
}
