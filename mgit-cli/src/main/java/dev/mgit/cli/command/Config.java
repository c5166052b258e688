package dev.mgit.cli.command;

import dev.mgit.cli.command.hooks.HookSettings;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.executor.Executors;
import dev.mgit.lineage.checkpoint.StoreSettings;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.Settings;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reads and writes settings. */
@Command(
        name = "config",
        description = {
            "Show all settings, show one, or set one, in .mgit/config (Git's syntax).",
            "Known: store.effort (fast|balanced|small), store.maxDepth, store.threads, user.name, user.email, "
                    + "update.auto (off|test|plan|run), update.jobs, executor.name (" + Config.EXECUTORS
                    + "), executor.gpus (devices, by commas), executor.cpus, executor.memory, executor.timeout, "
                    + "slurm.arguments."
        })
public final class Config implements Callable<Integer> {
    /** Stands in the help for the names there are. */
    static final String EXECUTORS = "@executors@";

    private final Context context;

    @Parameters(index = "0", paramLabel = "KEY", arity = "0..1", description = "section.name")
    private @Nullable String key;

    @Parameters(index = "1", paramLabel = "VALUE", arity = "0..1", description = "Its new value.")
    private @Nullable String value;

    @Option(names = "--unset", description = "Remove KEY.")
    private boolean unset;

    @Mixin
    private final WaitOption wait = new WaitOption();

    @Mixin
    private final JsonOption json = new JsonOption();

    Config(Context context) {
        this.context = context;
    }

    @Spec
    void nameExecutors(CommandSpec spec) {
        String names = String.join("|", Executors.names());
        spec.usageMessage().description(Arrays.stream(spec.usageMessage().description())
                .map(line -> line.replace(EXECUTORS, names))
                .toArray(String[]::new));
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            Settings settings = session.repository().settings();
            if (key == null) {
                list(settings.all());
                return 0;
            }
            if (unset || value != null) {
                return change(session, key);
            }
            String found = settings.get(key).orElseThrow(() -> MgitException.failed("'" + key + "' is not set"));
            context.output().line(found);
            return 0;
        }
    }

    /** Sets or removes a key, unless that would make the settings unusable. */
    private int change(Session session, String name) throws IOException {
        Settings settings = session.repository().settings();
        if (value != null && !unset) {
            Settings changed = settings.with(name, value);
            HookSettings.check(changed::get);
            StoreSettings.of(changed);
        }
        WriterLock lock = wait.lock(context, session.repository(), "mgit config");
        try (lock) {
            if (unset) {
                return settings.unset(name) ? 0 : 1;
            }
            settings.set(name, Objects.requireNonNull(value));
            return 0;
        }
    }

    private void list(Map<String, List<String>> all) throws IOException {
        if (json.wanted()) {
            context.output().json(out -> {
                out.writeObjectFieldStart("settings");
                for (Map.Entry<String, List<String>> entry : all.entrySet()) {
                    out.writeStringField(entry.getKey(), String.join(",", entry.getValue()));
                }
                out.writeEndObject();
            });
            return;
        }
        all.forEach((name, values) -> values.forEach(one -> context.output().line(name + "=" + one)));
    }
}
