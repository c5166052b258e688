package dev.mgit.cli.command.update;

import dev.mgit.hooks.cascade.UpdateOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which models an update is to make, mixed into {@code update}. */
final class UpdateScope {
    @Option(
            names = "--stale",
            description = "Update what is stale for any reason: a parent, data, code, recipe or packages. Without "
                    + "MODEL, anywhere in the repository; with it, MODEL and what is downstream of it.")
    private boolean stale;

    @Option(
            names = "--force",
            paramLabel = "MODEL",
            description = "Update this model though nothing changed, running its command again, and what is downstream "
                    + "of it. Repeatable.")
    private List<String> force = new ArrayList<>();

    @Option(names = "--only", paramLabel = "GLOB", description = "Update only matching models.")
    private List<String> only = new ArrayList<>();

    @Option(names = "--skip", paramLabel = "GLOB", description = "Skip matching models; continue downstream of them.")
    private List<String> skip = new ArrayList<>();

    @Option(
            names = "--until",
            paramLabel = "GLOB",
            description = "Update matching models, but nothing downstream of them.")
    private List<String> until = new ArrayList<>();

    /** Whether it says by itself what to update. */
    boolean named() {
        return stale || !force.isEmpty();
    }

    UpdateOptions options(Optional<String> target, List<String> gates, int jobs, boolean failFast) {
        return new UpdateOptions(target, stale, force, only, skip, until, gates, jobs, failFast);
    }
}
