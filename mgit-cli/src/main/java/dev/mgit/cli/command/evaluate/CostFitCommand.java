package dev.mgit.cli.command.evaluate;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.SignificantDigits;
import dev.mgit.hooks.cost.Measurements;
import dev.mgit.hooks.cost.ProfileFile;
import dev.mgit.hooks.cost.RuntimeFit;
import dev.mgit.hooks.cost.RuntimeFit.Repeats;
import dev.mgit.lineage.repository.OutputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a runtime profile of measurements. */
@Command(
        name = "fit",
        description = {
            "Make a runtime profile of measurements: CSV with the heading prompt,output,seconds, or a JSON array.",
            "The time of a prompt is what was measured with one output token; the time of a further token is the slope "
                    + "over all, by least squares. Writes HELM's form to FILE, or prints it."
        })
final class CostFitCommand implements Callable<Integer> {
    /** Less is rounding. */
    private static final double NOTHING = 1e-9;

    private final Context context;

    @Parameters(paramLabel = "MEASUREMENTS", description = "Runtimes in seconds.")
    private Path measurements = Path.of("");

    @Option(
            names = "--name",
            paramLabel = "MODEL",
            required = true,
            description = "The entry of the profile; the model's name, so that 'mgit cost' finds it.")
    private String name = "";

    @Option(names = "--profile", paramLabel = "FILE", description = "Add the entry to this file; it may be new.")
    private @Nullable Path profile;

    @Option(
            names = "--denoised",
            description =
                    "Of repeated measurements take the least instead of the mean: what a shared service would take "
                            + "without contention.")
    private boolean denoised;

    @Option(names = "--accelerators", paramLabel = "N", description = "How many accelerators it was measured on.")
    private @Nullable Long accelerators;

    @Mixin
    private final JsonOption json = new JsonOption();

    CostFitCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (accelerators != null && (accelerators < 1 || accelerators > 1_000_000)) {
            throw MgitException.usage("--accelerators must be 1 to 1000000");
        }
        List<RuntimeFit.Measurement> measured =
                Measurements.read(context.directory().resolve(measurements));
        RuntimeFit fit =
                RuntimeFit.of(measured, denoised ? Repeats.DENOISED : Repeats.MEAN, Optional.ofNullable(accelerators));
        Path file = profile == null ? null : context.directory().resolve(profile);
        ProfileFile all = file == null || Files.notExists(file)
                ? new ProfileFile(Map.of(name, fit.profile()))
                : ProfileFile.read(file).with(name, fit.profile());
        if (file != null) {
            OutputFile.replace(file, out -> out.write(all.text().getBytes(StandardCharsets.UTF_8)));
        }
        if (json.wanted()) {
            context.output().json(out -> {
                out.writeNumberField("measurements", fit.measurements());
                out.writeNumberField("perOutputToken", fit.profile().perOutputToken());
                out.writeNumberField("promptLengths", fit.profile().prompts().size());
                out.writeNumberField("residual", fit.residual());
                out.writeNumberField("r2", fit.r2());
            });
        } else if (file == null) {
            context.output().document(all.text());
        } else {
            context.output()
                    .line(name + ": " + SignificantDigits.of(fit.profile().perOutputToken())
                            + " s an output token, " + fit.profile().prompts().size() + " prompt lengths, of "
                            + fit.measurements() + " measurements; residual "
                            + SignificantDigits.of(fit.residual() < NOTHING ? 0 : fit.residual())
                            + " s, r² " + SignificantDigits.of(fit.r2()));
        }
        return 0;
    }
}
