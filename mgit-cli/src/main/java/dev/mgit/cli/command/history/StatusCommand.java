package dev.mgit.cli.command.history;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.command.update.ChangedInputs;
import dev.mgit.cli.command.update.ResultText;
import dev.mgit.cli.command.update.StaleText;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.lineage.checkpoint.CheckoutState;
import dev.mgit.lineage.checkpoint.FolderStatus;
import dev.mgit.lineage.checkpoint.LossReport;
import dev.mgit.lineage.query.Staleness;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what changed in checked-out folders, and which models fell behind. */
@Command(
        name = "status",
        description = {
            "Show changes in a checked-out folder, and models whose parents have newer versions.",
            "Data and code that a model was made from are named if they were written since; --why compares all of it, "
                    + "and the packages.",
            "What a commit would refuse, as a pipe or a name that is not UTF-8, is listed with why.",
            "Without DIR, and outside a checked-out folder, show all checked-out folders."
        })
public final class StatusCommand implements Callable<Integer> {
    private static final int TENSORS_SHOWN = 5;

    private final Context context;

    @Parameters(paramLabel = "DIR", arity = "0..1", description = "Default: the current folder.")
    private @Nullable Path directory;

    @Option(
            names = "--why",
            description = "Also look at the data, code, recipe and packages that models were made from, and name each "
                    + "that has changed.")
    private boolean why;

    @Option(names = "--exit-code", description = "Exit with 3 if anything changed or is stale.")
    private boolean exitCode;

    @Mixin
    private final JsonOption json = new JsonOption();

    StatusCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            session.repository().recover();
            List<FolderStatus> folders = new ArrayList<>();
            for (CheckoutState checkout : checkouts(session)) {
                folders.add(FolderStatus.of(session.repository(), checkout));
            }
            List<Staleness.Behind> behind = new Staleness(session.repository().graph()).all();
            Optional<StaleText> stale = why ? Optional.of(new StaleText(context, session)) : Optional.empty();
            Optional<ChangedInputs> glance = why ? Optional.empty() : Optional.of(new ChangedInputs(context, session));
            if (json.wanted()) {
                context.output().json(out -> {
                    json(session, out, folders, behind);
                    if (stale.isPresent()) {
                        stale.get().json(out);
                    }
                    if (glance.isPresent()) {
                        glance.get().json(out);
                    }
                });
            } else {
                print(session, folders, behind);
                stale.ifPresent(found -> found.print(context.output()));
                glance.ifPresent(found -> found.print(context.output()));
            }
            boolean fresh = behind.isEmpty()
                    && !stale.map(StaleText::any).orElse(false)
                    && !glance.map(ChangedInputs::any).orElse(false);
            boolean clean = fresh && folders.stream().allMatch(FolderStatus::clean);
            return exitCode && !clean ? 3 : 0;
        }
    }

    private List<CheckoutState> checkouts(Session session) throws IOException {
        Path path = directory == null ? context.directory() : context.resolve(directory);
        Optional<CheckoutState> here = CheckoutState.find(session.repository(), path);
        if (here.isPresent()) {
            return List.of(here.get());
        }
        if (directory != null) {
            context.output().note("'" + directory + "' is not a checked-out folder");
            return List.of();
        }
        return CheckoutState.all(session.repository());
    }

    private void print(Session session, List<FolderStatus> folders, List<Staleness.Behind> behind) {
        Output output = context.output();
        Lineage lineage = session.repository().lineage();
        var tests = new ResultText(context, session);
        for (FolderStatus folder : folders) {
            CheckoutState checkout = folder.checkout();
            output.line(session.shown(checkout.folder()) + ": " + checkout.model() + " at "
                    + checkout.version().abbreviated()
                    + LossReport.markOf(lineage.version(checkout.version()))
                            .map(bound -> " (lossy " + bound + ")")
                            .orElse("")
                    + headRemark(lineage, checkout)
                    + (checkout.partial() ? ", in part" : "") + (folder.clean() ? ", unchanged" : ""));
            String tested = tests.brief(lineage.version(checkout.version()));
            if (!tested.isEmpty()) {
                output.line("  tests:    " + tested);
            }
            tests.plans(lineage.version(checkout.version())).forEach(plan -> output.line("  " + plan));
            folder.changed().forEach(file -> {
                output.line("  " + output.styled(Output.Style.RED, "changed:  ") + file.path() + tensors(file));
            });
            folder.modes()
                    .forEach(file -> output.line("  " + output.styled(Output.Style.RED, "mode:     ") + file.path()
                            + (file.executable() ? " (now executable)" : " (no longer executable)")));
            folder.missing().forEach(file -> output.line("  " + output.styled(Output.Style.RED, "missing:  ") + file));
            folder.added().forEach(file -> output.line("  " + output.styled(Output.Style.GREEN, "new:      ") + file));
            folder.refused()
                    .forEach((file, why) ->
                            output.line("  " + output.styled(Output.Style.RED, "refused:  ") + file + ": " + why));
            if (!folder.clean()) {
                String where = session.shown(checkout.folder());
                output.hint("'mgit commit " + where + " -m ...' commits the next version of " + checkout.model()
                        + "; 'mgit checkout " + checkout.model() + " " + where + " --force' discards the changes");
            }
        }
        if (folders.isEmpty() && lineage.models().isEmpty()) {
            output.line("No models yet");
            output.hint("commit the first with 'mgit commit PATH --model NAME'");
        } else if (folders.isEmpty()) {
            output.line("Nothing is checked out; " + lineage.models().size() + " models");
        }
        for (Staleness.Behind stale : behind) {
            output.line(stale.model().name() + " is " + stale.versions() + " behind " + stale.upstream() + " ("
                    + stale.kind().word() + " of " + stale.used().abbreviated() + ", now "
                    + stale.newest().abbreviated() + ")");
        }
        if (!behind.isEmpty()) {
            output.hint("'mgit update " + behind.get(0).upstream() + " --plan' shows what would be rebuilt");
        }
    }

    private static String headRemark(Lineage lineage, CheckoutState checkout) {
        Optional<Model> head = lineage.model(checkout.model());
        if (head.isEmpty()) {
            return " (the model is gone)";
        }
        return head.get().head().equals(checkout.version())
                ? ""
                : ", not the newest (" + head.get().head().abbreviated() + ")";
    }

    private static String tensors(FolderStatus.ChangedFile file) {
        List<String> parts = new ArrayList<>();
        part(parts, file.changedTensors(), "changed");
        part(parts, file.addedTensors(), "new");
        part(parts, file.missingTensors(), "missing");
        return parts.isEmpty() ? "" : " (" + String.join("; ", parts) + ")";
    }

    private static void part(List<String> parts, List<String> names, String what) {
        if (!names.isEmpty()) {
            String shown = String.join(", ", names.subList(0, Math.min(TENSORS_SHOWN, names.size())));
            String more = names.size() > TENSORS_SHOWN ? ", …" : "";
            parts.add(names.size() + " tensors " + what + ": " + shown + more);
        }
    }

    private void json(Session session, JsonGenerator json, List<FolderStatus> folders, List<Staleness.Behind> behind)
            throws IOException {
        var tests = new ResultText(context, session);
        json.writeArrayFieldStart("folders");
        for (FolderStatus folder : folders) {
            json.writeStartObject();
            json.writeStringField("folder", folder.checkout().folder().toString());
            json.writeStringField("model", folder.checkout().model());
            json.writeStringField("version", folder.checkout().version().hex());
            Optional<String> lossy = LossReport.markOf(
                    session.repository().lineage().version(folder.checkout().version()));
            if (lossy.isPresent()) {
                json.writeStringField("lossy", lossy.get());
            }
            json.writeBooleanField("partial", folder.checkout().partial());
            json.writeArrayFieldStart("changed");
            for (FolderStatus.ChangedFile file : folder.changed()) {
                json.writeStartObject();
                json.writeStringField("path", file.path());
                strings(json, "changed_tensors", file.changedTensors());
                strings(json, "new_tensors", file.addedTensors());
                strings(json, "missing_tensors", file.missingTensors());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("modes");
            for (FolderStatus.ChangedMode file : folder.modes()) {
                json.writeStartObject();
                json.writeStringField("path", file.path());
                json.writeBooleanField("executable", file.executable());
                json.writeEndObject();
            }
            json.writeEndArray();
            strings(json, "missing", folder.missing());
            strings(json, "new", folder.added());
            json.writeObjectFieldStart("refused");
            for (Map.Entry<String, String> file : folder.refused().entrySet()) {
                json.writeStringField(file.getKey(), file.getValue());
            }
            json.writeEndObject();
            Version version =
                    session.repository().lineage().version(folder.checkout().version());
            tests.json(json, version, tests.standing(version));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("behind");
        for (Staleness.Behind stale : behind) {
            json.writeStartObject();
            json.writeStringField("model", stale.model().name());
            json.writeStringField("upstream", stale.upstream());
            json.writeStringField("kind", stale.kind().word());
            json.writeStringField("used", stale.used().hex());
            json.writeStringField("newest", stale.newest().hex());
            json.writeNumberField("versions", stale.versions());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void strings(JsonGenerator json, String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }
}
