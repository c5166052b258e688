package dev.mgit.cli.command.evaluate;

import dev.mgit.cli.console.Context;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.cost.Hardware;
import dev.mgit.hooks.cost.NotedCost;
import dev.mgit.hooks.cost.ProfileFile;
import dev.mgit.hooks.cost.RequestCost;
import dev.mgit.hooks.cost.RuntimeProfile;
import dev.mgit.lineage.shapes.ModelShape;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The request, and what it runs on. */
final class CostOptions {
    @Option(names = "--prompt", paramLabel = "N", description = "Tokens of the prompt. Default: 512.")
    private long prompt = 512;

    @Option(names = "--output", paramLabel = "M", description = "Tokens of output. Default: 64.")
    private long output = 64;

    @Option(
            names = "--hardware",
            paramLabel = "NAME|FILE",
            description = "a100 or v100 at the prices of 2305.02440, or a JSON file with name, dollars_per_hour and "
                    + "memory_gib. Default: what the version's noted profile is of, else a100.")
    private @Nullable String hardware;

    @Option(
            names = "--accelerators",
            paramLabel = "N",
            description = "Default: the profile's, else as memory asks for.")
    private @Nullable Long accelerators;

    @Option(
            names = "--profile",
            paramLabel = "FILE",
            description = "Runtime profiles, by model. Default: the one noted on the version.")
    private @Nullable String profile;

    @Option(
            names = "--profile-model",
            paramLabel = "NAME",
            description = "The profile's entry. Default: the model's name, or the only one.")
    private @Nullable String entry;

    @Option(
            names = "--interpolation",
            paramLabel = "linear|helm",
            description = "Between measured prompt lengths: on the line (default), or by HELM's own rule.")
    private String interpolation = "linear";

    /**
     * What is known of a request.
     *
     * @param seconds where there is a profile
     */
    record Cost(
            long prompt,
            long output,
            RequestCost request,
            Hardware hardware,
            long accelerators,
            Optional<RuntimeProfile> profile,
            Optional<Double> seconds,
            Optional<Double> promptSeconds) {
        Optional<Double> acceleratorSeconds() {
            return seconds.map(time -> time * accelerators);
        }

        Optional<Double> dollars() {
            return seconds.map(time -> hardware.dollars(time, accelerators));
        }

        NotedCost noted(Instant made) {
            return new NotedCost(
                    prompt,
                    output,
                    request.weightFlops(),
                    request.memory(),
                    hardware,
                    accelerators,
                    profile,
                    seconds,
                    made);
        }
    }

    boolean hasProfile() {
        return profile != null;
    }

    /** @param before what was noted on the version with a profile */
    Cost of(Context context, String model, ModelShape shape, Optional<NotedCost> before) throws IOException {
        var rule = RuntimeProfile.interpolation(interpolation);
        if (accelerators != null && (accelerators < 1 || accelerators > 1_000_000)) {
            throw MgitException.usage("--accelerators must be 1 to 1000000");
        }
        RequestCost request = RequestCost.of(shape, prompt, output);
        Optional<NotedCost> noted = profile == null ? before : Optional.empty();
        Hardware machine = hardware == null && noted.isPresent()
                ? noted.get().hardware()
                : Hardware.of(hardware == null ? "a100" : hardware, context.directory());
        Optional<RuntimeProfile> runtime = profile == null
                ? noted.flatMap(NotedCost::profile)
                : Optional.of(
                        ProfileFile.read(context.directory().resolve(profile)).of(entry, model));
        long count = Optional.ofNullable(accelerators)
                .or(() -> runtime.flatMap(RuntimeProfile::accelerators))
                .orElseGet(() -> machine.accelerators(request.memory()));
        return new Cost(
                prompt,
                output,
                request,
                machine,
                count,
                runtime,
                runtime.map(one -> one.runtime(prompt, output, rule)),
                runtime.map(one -> one.prompt(prompt, rule)));
    }
}
