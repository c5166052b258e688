package dev.mgit.cli.command;

import dev.mgit.cli.command.hooks.HookSettings;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.StoreSettings;
import dev.mgit.lineage.git.GitSettings;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads and writes settings. */
@Command(
        name = "config",
        description = {
            "Show all settings, show one, or set one, in .mgit/config (Git's syntax).",
            "With --global, in the user's own file, ~/.config/mgit/config; safe.directory counts only there: folders whose "
                    + "repositories are worked with although they belong to another user (a path, PATH/* or *).",
            "Known: store.effort (fast|balanced|small), store.maxDepth, store.threads, user.name, user.email, "
                    + "update.auto (off|test|plan|run), update.jobs, executor.name (local|slurm), executor.gpus (devices, by "
                    + "commas), executor.cpus, executor.memory, executor.timeout, slurm.arguments."
        })
public final class Config implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "KEY", arity = "0..1", description = "section.name")
    private @Nullable String key;

    @Parameters(index = "1", paramLabel = "VALUE", arity = "0..1", description = "Its new value.")
    private @Nullable String value;

    @Option(names = "--unset", description = "Remove KEY.")
    private boolean unset;

    @Option(names = "--add", description = "Add VALUE to those KEY has, for safe.directory.")
    private boolean add;

    @Option(
            names = "--global",
            description = "The user's own settings, which count in every repository that does not say otherwise.")
    private boolean global;

    @Mixin
    private final WaitOption wait = new WaitOption();

    @Mixin
    private final JsonOption json = new JsonOption();

    Config(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (global) {
            Path file = context.userConfig()
                    .orElseThrow(() -> new MgitException(
                            MgitException.Kind.FAILED,
                            "there is no place for settings of your own",
                            "set HOME, or XDG_CONFIG_HOME to a folder of your own"));
            Settings settings = GitSettings.read(file);
            if (reads()) {
                return read(settings);
            }
            check(settings, requireKey());
            return change(settings, requireKey());
        }
        try (Session session = Session.open(context)) {
            return reads() ? read(session.repository().settings()) : change(session, requireKey());
        }
    }

    private boolean reads() {
        return !unset && value == null;
    }

    private String requireKey() {
        return Objects.requireNonNullElseGet(key, () -> {
            throw MgitException.usage("--unset needs the KEY to remove");
        });
    }

    private int read(Settings settings) throws IOException {
        if (key == null) {
            list(settings.all());
            return 0;
        }
        String found = settings.get(key).orElseThrow(() -> MgitException.failed("'" + key + "' is not set"));
        context.output().line(found);
        return 0;
    }

    private void check(Settings settings, String name) {
        if (value != null && !unset) {
            Settings changed = settings.with(name, value);
            HookSettings.check(changed::get);
            StoreSettings.of(changed);
        }
    }

    /** Sets or removes a key, unless that would make the settings unusable. */
    private int change(Session session, String name) throws IOException {
        check(session.repository().settings(), name);
        WriterLock lock = wait.lock(context, session.repository(), "mgit config");
        try (lock) {
            int exit = change(session.repository().ownSettings(), name);
            if (value != null && !unset) {
                HookSettings.trust(context, session, name, value);
            }
            return exit;
        }
    }

    private int change(Settings settings, String name) {
        if (unset) {
            return settings.unset(name) ? 0 : 1;
        }
        if (add) {
            settings.add(name, Objects.requireNonNull(value));
        } else {
            settings.set(name, Objects.requireNonNull(value));
        }
        return 0;
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
