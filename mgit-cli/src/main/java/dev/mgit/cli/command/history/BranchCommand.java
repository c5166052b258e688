package dev.mgit.cli.command.history;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.Table;
import dev.mgit.cli.console.VersionText;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CheckoutState;
import dev.mgit.lineage.git.GitLineage;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists models, starts one at an existing version, renames or removes one. */
@Command(
        name = "branch",
        description = {
            "List models, or create model NAME at REV (default: @, the version checked out here).",
            "A model is a branch: its next version builds on REV."
        })
public final class BranchCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(
            paramLabel = "NAME",
            arity = "0..*",
            description = "NAME [REV] to create a model; the names to rename or remove with -m and -d.")
    private List<String> operands = new ArrayList<>();

    /** What else to do than to list or to start. */
    static final class Change {
        @Option(
                names = {"-m", "--move"},
                description = "Rename model OLD to NEW, or the one checked out here to NEW; same as 'mgit mv'.")
        private boolean rename;

        @Option(
                names = {"-d", "-D", "--delete"},
                description = "Remove models; same as 'mgit rm'.")
        private boolean delete;
    }

    @ArgGroup
    private final Change change = new Change();

    @Option(
            names = {"-v", "--verbose"},
            description = "Also show the number of versions and what each model was derived from.")
    private boolean[] verbose = {}; // -vv is typed out of habit

    @Option(
            names = {"-f", "--force"},
            description = "Move NAME to REV if it exists.")
    private boolean force;

    @Mixin
    private final JsonOption json = new JsonOption();

    @Mixin
    private final WaitOption wait = new WaitOption();

    BranchCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            if (change.rename) {
                rename(session);
            } else if (change.delete) {
                requireOperands(1, Integer.MAX_VALUE, "name the models to remove");
                Models.remove(context, session, wait, operands);
            } else if (operands.isEmpty()) {
                list(session.repository().lineage());
            } else {
                start(session);
            }
        }
        return 0;
    }

    private void requireOperands(int least, int most, String otherwise) {
        if (operands.size() < least || operands.size() > most) {
            throw MgitException.usage(otherwise);
        }
    }

    private void rename(Session session) throws IOException {
        requireOperands(1, 2, "-m takes OLD and NEW");
        String to = operands.get(operands.size() - 1);
        String from = operands.size() == 2
                ? operands.get(0)
                : session.revisions()
                        .checkedOut()
                        .map(CheckoutState::model)
                        .orElseThrow(() -> new MgitException(
                                MgitException.Kind.USAGE,
                                "which model should become '" + to + "'? None is checked out here",
                                "mgit branch -m OLD " + to));
        Models.rename(context, session, wait, from, to);
    }

    private void start(Session session) throws IOException {
        requireOperands(1, 2, "a model starts at one version: mgit branch NAME REV");
        String name = operands.get(0);
        if (operands.size() == 1 && session.revisions().checkedOut().isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "where should '" + name + "' start?", "mgit branch " + name + " REV");
        }
        Lineage lineage = session.repository().lineage();
        String started = wait.changeTo(context, session, "branch " + name, transaction -> {
            VersionId start = session.resolve(operands.size() == 1 ? "@" : operands.get(1));
            if (lineage.model(name).isPresent() && !force) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT, "there is already a model '" + name + "'", "move it with --force");
            }
            GitLineage.requireModelName(name, lineage);
            transaction.setModel(name, start);
            return session.name(start);
        });
        context.output().line(name + " starts at " + started);
    }

    /** A model's past: how many versions, and what the first of them that says so was derived from. */
    private record Past(int versions, List<ProvenanceEdge> origins) {
        static Past of(Lineage lineage, Version head) {
            int versions = 1;
            Version at = head;
            List<ProvenanceEdge> origins = at.origins();
            for (Optional<VersionId> previous = at.previous(); previous.isPresent(); previous = at.previous()) {
                at = lineage.version(previous.get());
                origins = at.origins().isEmpty() ? origins : at.origins();
                versions++;
            }
            return new Past(versions, origins);
        }
    }

    private void list(Lineage lineage) throws IOException {
        if (json.wanted()) {
            context.output().json(out -> {
                out.writeArrayFieldStart("models");
                for (Model model : lineage.models()) {
                    out.writeStartObject();
                    out.writeStringField("name", model.name());
                    out.writeStringField("head", model.head().hex());
                    if (verbose.length > 0) {
                        out.writeNumberField(
                                "versions",
                                Past.of(lineage, lineage.version(model.head())).versions());
                    }
                    out.writeEndObject();
                }
                out.writeEndArray();
            });
            return;
        }
        Table table = verbose.length > 0
                ? context.output().table("Model", "Version", "Made", "Versions", "From", "Message")
                : context.output().table("Model", "Version", "Made", "Message");
        for (Model model : lineage.models()) {
            Version head = lineage.version(model.head());
            String made = head.when().toString().substring(0, 10);
            if (verbose.length > 0) {
                Past past = Past.of(lineage, head);
                String from = past.origins().stream().map(VersionText::edge).collect(Collectors.joining(", "));
                table.row(model.name(), head.id().abbreviated(), made, past.versions(), from, head.subject());
            } else {
                table.row(model.name(), head.id().abbreviated(), made, head.subject());
            }
        }
        table.print();
        if (lineage.models().isEmpty()) {
            context.output().line("No models yet");
        }
    }
}
