package dev.mgit.cli.command.evaluate;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.hooks.SignificantDigits;
import dev.mgit.hooks.serving.LatencyProfile;
import dev.mgit.hooks.serving.NotedPlan;
import dev.mgit.hooks.serving.OnnxMeasurement;
import dev.mgit.hooks.serving.ServingPlan;
import dev.mgit.hooks.serving.ServingPlanner;
import dev.mgit.hooks.serving.ServingPlans;
import dev.mgit.lineage.repository.OutputFile;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Divides threads among instances of a version. */
@Command(
        name = "plan-serving",
        description = {
            "Plan how many instances of a version, with how many threads each, finish a batch soonest on one machine.",
            "The plan <instances,threads,batch> … follows from measured latencies by Packrat's dynamic program. It is noted "
                    + "on the version; 'mgit show' and 'mgit status' say when weights or profile have changed since."
        })
public final class PlanServingCommand implements Callable<Integer> {
    private static final String ONNX = "onnx";

    private final Context context;

    @Parameters(paramLabel = "REV", description = "The version to serve.")
    private String revision = "";

    @Option(names = "--threads", paramLabel = "T", required = true, description = "Threads of the machine.")
    private int threads;

    @Option(names = "--batch", paramLabel = "B", required = true, description = "Items of a batch.")
    private int batch;

    @Option(names = "--profile", paramLabel = "FILE", description = "Latencies: CSV with threads,batch,seconds.")
    private @Nullable String profile;

    @Option(
            names = "--measure",
            paramLabel = "MODEL.onnx",
            description = "Measure this file of the version with ONNX Runtime on this machine; runs --python.")
    private @Nullable String measure;

    @Option(names = "--python", paramLabel = "PROGRAM", description = "Has onnxruntime. Default: python3.")
    private String python = "python3";

    @Option(names = "--save", paramLabel = "FILE", description = "Keep what --measure measured in a new file.")
    private @Nullable String save;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Of the measurement. Default: 600.")
    private long timeout = 600;

    @Mixin
    private final WaitOption wait = new WaitOption();

    @Mixin
    private final JsonOption json = new JsonOption();

    PlanServingCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if ((profile == null) == (measure == null) || (save != null && measure == null) || timeout < 1) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "a plan needs latencies",
                    "name either --profile FILE or --measure MODEL.onnx [--save FILE]");
        }
        try (HookSession session = HookSession.open(context, wait)) {
            VersionId version = session.resolve(revision);
            var plans = new ServingPlans(session.lineage(), session.workspace().root());
            LatencyProfile latencies = latencies(session, plans, version);
            ServingPlan plan = ServingPlanner.plan(latencies, threads, batch);
            var noted = new NotedPlan(
                    plan,
                    plans.weights(version),
                    latencies.sha256(),
                    path(session.workspace().root()),
                    Instant.now().truncatedTo(ChronoUnit.MILLIS));
            session.workspace().locked("plan-serving", () -> {
                Transaction transaction = session.lineage()
                        .begin(
                                "plan-serving for " + session.session().name(version),
                                session.workspace().author());
                plans.add(transaction, session.version(version), noted);
                transaction.apply();
                return noted;
            });
            if (json.wanted()) {
                context.output().json(out -> {
                    out.writeStringField("version", version.hex());
                    out.writeFieldName("plan");
                    out.writeRawValue(Json.text(plan.toJson()));
                    out.writeNumberField("idle", plan.idle());
                    out.writeStringField("weights", noted.weights());
                    out.writeStringField("profile", noted.profile());
                });
            } else {
                print(session.session().name(version), plan);
            }
        }
        return 0;
    }

    private LatencyProfile latencies(HookSession session, ServingPlans plans, VersionId version) throws IOException {
        if (measure == null) {
            return LatencyProfile.read(context.directory().resolve(String.valueOf(profile)));
        }
        Path model = context.directory().resolve(measure);
        if (!Files.isRegularFile(model)) {
            throw MgitException.usage("'" + measure + "' does not exist or is no file");
        }
        requireFileOf(plans.files(version), model, session.session().name(version));
        requireOnnx(model);
        LatencyProfile measured = OnnxMeasurement.measure(
                python, model, threads, batch, session.workspace().environment(), timeout);
        if (save != null) {
            try {
                byte[] csv = measured.csv().getBytes(StandardCharsets.UTF_8);
                OutputFile.create(context.directory().resolve(save), out -> out.write(csv));
            } catch (FileAlreadyExistsException e) {
                throw new MgitException(
                        MgitException.Kind.USAGE, "'" + save + "' exists already", "name a new file", e);
            }
        }
        return measured;
    }

    private void requireOnnx(Path model) throws IOException {
        try (FileByteSource source = FileByteSource.open(model)) {
            String format = Formats.layoutOf(model, source).format();
            if (!format.equals(ONNX)) {
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        "'" + measure + "' is no ONNX model but " + format,
                        "export the model to ONNX and commit that, or bring latencies with --profile");
            }
        }
    }

    /** A measurement of other weights would be bound to the wrong version. */
    private void requireFileOf(Map<String, String> files, Path model, String version) throws IOException {
        MessageDigest digest = Hashes.sha256();
        try (InputStream bytes = new DigestInputStream(Files.newInputStream(model), digest)) {
            bytes.transferTo(java.io.OutputStream.nullOutputStream());
        }
        if (!files.containsKey(HexFormat.of().formatHex(digest.digest()))) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "'" + measure + "' is no file of " + version,
                    "check the version out, or name the version it was committed as");
        }
    }

    /** As it is found again from the repository's root. */
    private String path(Path root) {
        String named = Optional.ofNullable(profile).orElse(save);
        if (named == null) {
            return "";
        }
        Path file = context.directory().resolve(named).normalize();
        return file.startsWith(root) ? root.relativize(file).toString() : file.toString();
    }

    private void print(String version, ServingPlan plan) {
        Output output = context.output();
        output.line(version + ": " + plan.threads() + " threads, batch " + plan.batch() + ": " + plan.text() + ", "
                + SignificantDigits.of(plan.seconds() * 1000) + " ms"
                + (plan.idle() == 0 ? "" : ", " + plan.idle() + " thread(s) idle"));
        plan.instances()
                .forEach(one -> output.line("  " + one.count() + " instance(s) of " + one.threads()
                        + " thread(s), each with " + one.batch() + " item(s)"));
        plan.fat()
                .ifPresent(fat -> output.line("  one instance with all threads: " + SignificantDigits.of(fat * 1000)
                        + " ms, " + SignificantDigits.of(fat / plan.seconds()) + "x as long"));
    }
}
