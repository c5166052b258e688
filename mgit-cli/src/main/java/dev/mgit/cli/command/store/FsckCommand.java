package dev.mgit.cli.command.store;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.executor.Quantities;
import dev.mgit.hooks.maintain.NoteFormats;
import dev.mgit.lineage.maintain.Fsck;
import dev.mgit.lineage.maintain.FsckReport;
import dev.mgit.lineage.maintain.FsckReport.Damage;
import dev.mgit.lineage.maintain.FsckReport.Touched;
import dev.mgit.lineage.maintain.ReadSubset;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks what is stored. */
@Command(
        name = "fsck",
        description = {
            "Verify all stored data and report the versions and tensors affected by damage.",
            "Read-only without --repair and --repair-from. Exits with 6 if anything is damaged."
        })
public final class FsckCommand implements Callable<Integer> {
    private static final int SHOWN = 20;

    private final Context context;

    @Parameters(paramLabel = "REV", arity = "0..*", description = "Check only these versions and their data.")
    private List<String> revisions = new ArrayList<>();

    @Option(names = "--lineage-only", description = "Skip the parameter store.")
    private boolean lineageOnly;

    @Option(
            names = "--read-data-subset",
            paramLabel = "PART",
            description =
                    "Read only a part of the stored data: 5%% or a size such as 10G, another part each day, or 3/20, the third "
                            + "of twenty. Everything else is checked as ever.")
    private @Nullable String subset;

    @Option(
            names = "--repair",
            description =
                    "First rebuild a parameter store that does not open and the files by which Git finds its objects, reset "
                            + "references to the state in the operation log, and set aside unreadable notes. What is replaced "
                            + "is kept; 'mgit undo' reverts the rest. Then bring back what is lost from checked-out folders, "
                            + "--from and the remotes.")
    private boolean repair;

    @Option(
            names = "--repair-from",
            paramLabel = "REMOTE",
            description = "Replace damaged and missing parameters by what the store of a remote has, then check again.")
    private @Nullable String repairFrom;

    @Option(
            names = "--from",
            paramLabel = "PATH",
            description = "With --repair, store lost files again that this folder or file still has. Repeatable.")
    private List<Path> sources = new ArrayList<>();

    @Mixin
    private final JsonOption json = new JsonOption();

    @Mixin
    private final WaitOption wait = new WaitOption();

    FsckCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (!sources.isEmpty() && !repair) {
            throw MgitException.usage("--from needs --repair");
        }
        try (Session session = repair ? Session.openDamaged(context) : Session.open(context)) {
            session.repository().requirePlainFiles();
            Fsck fsck = fsck(session).reading(subset());
            List<String> repaired = new ArrayList<>(repair ? repair(session, fsck) : List.of());
            FsckReport found = check(session, fsck);
            FsckReport report = heal(session, found, repaired);
            if (json.wanted()) {
                context.output().json(out -> json(out, report, repaired));
            } else {
                repaired.forEach(what -> context.output().line("repaired: " + what));
                print(report);
            }
            return report.isClean() ? 0 : MgitException.Kind.INTEGRITY.exitCode();
        }
    }

    private static Fsck fsck(Session session) {
        return new Fsck(session.repository(), session.progress(), NoteFormats.rules());
    }

    private ReadSubset subset() {
        return subset == null
                ? ReadSubset.ALL
                : ReadSubset.parse(subset, LocalDate.now(ZoneOffset.UTC).toEpochDay(), Quantities::bytes);
    }

    private FsckReport check(Session session, Fsck fsck) throws IOException {
        return revisions.isEmpty() ? fsck.everything(lineageOnly) : fsck.versions(versions(session), lineageOnly);
    }

    /** Brings back what is still missing, and checks again where anything was. */
    private FsckReport heal(Session session, FsckReport found, List<String> repaired) throws IOException {
        FsckReport report = found;
        if (repairFrom != null && !report.isClean()) {
            repaired.addAll(new StoreRepair(context, session, wait).run(repairFrom, report));
            report = again(session);
        }
        if (repair && !report.isClean()) {
            var lost = new LostData(context, session, wait);
            List<Path> folders = sources.stream().map(context::resolve).toList();
            List<String> done = lost.fromFolders(report, folders);
            report = done.isEmpty() ? report : again(session);
            List<String> brought = lost.fromStores(report);
            report = brought.isEmpty() ? report : again(session);
            repaired.addAll(done);
            repaired.addAll(brought);
        }
        return report;
    }

    private FsckReport again(Session session) throws IOException {
        return check(session, fsck(session).reading(subset()));
    }

    private List<String> repair(Session session, Fsck fsck) throws IOException {
        WriterLock lock = wait.lock(context, session.repository(), "mgit fsck --repair");
        try (lock) {
            List<String> done = new ArrayList<>(fsck.repairFiles(lock));
            done.addAll(new LostData(context, session, wait)
                    .gitObjects(fsck(session).everything(true)));
            done.addAll(fsck.repairReferences(session::author));
            return done;
        }
    }

    private List<VersionId> versions(Session session) {
        Lineage lineage = session.repository().lineage();
        return revisions.stream().map(lineage::resolve).toList();
    }

    private void print(FsckReport report) {
        Output output = context.output();
        for (Damage damage : report.damage()) {
            output.line(output.styled(Output.Style.RED, "damaged: ") + damage.what() + ": " + damage.why());
            damage.touched().stream().limit(SHOWN).forEach(touched -> output.line("  touches " + text(touched)));
            if (damage.touched().size() > SHOWN) {
                output.line("  and " + (damage.touched().size() - SHOWN) + " more places; --json lists all");
            }
            if (damage.touched().isEmpty()) {
                output.line("  touches no version");
            }
        }
        if (report.absent() > 0) {
            output.line("Not here: " + report.absent() + " tensors and other ranges, which are to be at a remote");
            report.away().stream().limit(SHOWN).forEach(away -> output.line("  needed by " + text(away)));
            if (report.away().size() > SHOWN) {
                output.line("  and " + (report.away().size() - SHOWN) + " more versions; --json lists all");
            }
        }
        output.line("Checked " + report.versions() + " versions, " + report.gitObjects() + " Git objects, "
                + report.objects() + " tensors and other ranges, " + report.blocks() + " blocks ("
                + Output.bytes(report.bytes()) + (subset == null ? "" : ", part " + report.part() + " of the data")
                + "): "
                + (report.isClean() ? "no damage" : report.damage().size() + " damaged"));
    }

    private static String text(Touched touched) {
        return (touched.model().isEmpty() ? "" : touched.model() + "@")
                + touched.version().abbreviated()
                + touched.file().map(file -> ", " + file).orElse("")
                + touched.tensor().map(tensor -> ", tensor '" + tensor + "'").orElse("")
                + (touched.byPrediction() ? " (predicted from it)" : "");
    }

    private static void json(JsonGenerator json, FsckReport report, List<String> repaired) throws IOException {
        json.writeBooleanField("clean", report.isClean());
        json.writeNumberField("versions", report.versions());
        json.writeNumberField("git_objects", report.gitObjects());
        json.writeNumberField("objects", report.objects());
        json.writeNumberField("blocks", report.blocks());
        json.writeNumberField("bytes", report.bytes());
        json.writeStringField("part", report.part());
        json.writeNumberField("absent", report.absent());
        json.writeArrayFieldStart("away");
        for (Touched away : report.away()) {
            json.writeString(away.version().hex());
        }
        json.writeEndArray();
        json.writeArrayFieldStart("repaired");
        for (String what : repaired) {
            json.writeString(what);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("damage");
        for (Damage damage : report.damage()) {
            json.writeStartObject();
            json.writeStringField("place", damage.place().name().toLowerCase(Locale.ROOT));
            json.writeStringField("what", damage.what());
            json.writeStringField("why", damage.why());
            json.writeArrayFieldStart("touches");
            for (Touched touched : damage.touched()) {
                json.writeStartObject();
                json.writeStringField("version", touched.version().hex());
                json.writeStringField("model", touched.model());
                if (touched.file().isPresent()) {
                    json.writeStringField("file", touched.file().get());
                }
                if (touched.tensor().isPresent()) {
                    json.writeStringField("tensor", touched.tensor().get());
                }
                json.writeBooleanField("by_prediction", touched.byPrediction());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
