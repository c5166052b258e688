package dev.mgit.cli.command.store;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.command.hooks.HookSettings;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.Table;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitSettings;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.SettingsFile;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads and writes settings. */
@Command(
        name = "config",
        description = {
            "List, show or change settings in .mgit/config (Git's syntax).",
            "With --global, in your own file, ~/.config/mgit/config. safe.directory counts only there."
        })
public final class ConfigCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "KEY", arity = "0..1", description = "section.name")
    private @Nullable String key;

    @Parameters(index = "1", paramLabel = "VALUE", arity = "0..1", description = "Its new value.")
    private @Nullable String value;

    @Option(
            names = {"-l", "--list"},
            description = "List every setting with its value, default and meaning (default without KEY).")
    private boolean list;

    @Option(names = "--unset", description = "Unset KEY.")
    private boolean unset;

    @Option(names = "--add", description = "Add VALUE to those that KEY has, for safe.directory.")
    private boolean add;

    @Option(
            names = "--global",
            description = "Your own settings, which hold in every repository that does not say otherwise.")
    private boolean global;

    @Mixin
    private final WaitOption wait = new WaitOption();

    @Mixin
    private final JsonOption json = new JsonOption();

    ConfigCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (global) {
            SettingsFile own = GitSettings.read(context.userConfig()
                    .orElseThrow(() -> new MgitException(
                            MgitException.Kind.FAILED,
                            "there is no place for settings of your own",
                            "set HOME, or XDG_CONFIG_HOME to a folder of your own")));
            if (reads()) {
                return read(own);
            }
            check(own);
            return change(own);
        }
        try (Session session = Session.open(context)) {
            return reads() ? read(session.repository().settings()) : change(session);
        }
    }

    private boolean reads() {
        return list || key == null || (!unset && value == null);
    }

    private int read(SettingsFile settings) throws IOException {
        if (list || key == null) {
            return list(settings);
        }
        KnownSettings.Setting setting = KnownSettings.require(key);
        Optional<String> found = settings.get(key);
        if (json.wanted()) {
            context.output().json(out -> write(out, setting, found));
            return 0;
        }
        context.output()
                .line(found.orElseThrow(() -> new MgitException(
                        MgitException.Kind.FAILED,
                        "'" + setting.name() + "' is not set",
                        "its default: " + setting.fallback())));
        return 0;
    }

    /** Refuses what would make the settings unusable. */
    private void check(SettingsFile settings) {
        if (!unset) {
            String name = Objects.requireNonNull(key);
            KnownSettings.require(name).check().accept(settings.with(name, Objects.requireNonNull(value)));
        }
    }

    private int change(Session session) throws IOException {
        check(session.repository().settings());
        try (WriterLock lock = wait.lock(context, session.repository(), "mgit config")) {
            lock.requireHeld();
            int exit = change(session.repository().ownSettings());
            if (!unset) {
                HookSettings.trust(context, session, Objects.requireNonNull(key), Objects.requireNonNull(value));
            }
            return exit;
        }
    }

    private int change(SettingsFile settings) {
        String name = Objects.requireNonNull(key);
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

    private int list(SettingsFile settings) throws IOException {
        if (key != null) {
            throw MgitException.usage("--list takes no setting");
        }
        Map<String, List<String>> set = settings.all();
        if (json.wanted()) {
            context.output().json(out -> {
                out.writeObjectFieldStart("settings");
                for (Map.Entry<String, List<String>> entry : set.entrySet()) {
                    out.writeStringField(entry.getKey(), String.join(",", entry.getValue()));
                }
                out.writeEndObject();
                out.writeArrayFieldStart("known");
                for (KnownSettings.Setting setting : KnownSettings.all()) {
                    out.writeStartObject();
                    write(out, setting, settings.get(setting.name()));
                    out.writeEndObject();
                }
                out.writeEndArray();
            });
            return 0;
        }
        Table table = context.output().table("Setting", "Value", "Default", "Meaning");
        KnownSettings.all()
                .forEach(setting ->
                        table.row(setting.name(), values(set, setting), setting.fallback(), setting.meaning()));
        table.print();
        set.keySet().stream()
                .filter(name -> KnownSettings.all().stream()
                        .noneMatch(setting -> setting.name().equalsIgnoreCase(name)))
                .forEach(name -> context.output()
                        .note("'" + name + "' is set but unknown; 'mgit config --unset " + name + "' removes it"));
        return 0;
    }

    private static String values(Map<String, List<String>> set, KnownSettings.Setting setting) {
        return set.entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(setting.name()))
                .flatMap(entry -> entry.getValue().stream())
                .collect(Collectors.joining(", "));
    }

    private static void write(JsonGenerator out, KnownSettings.Setting setting, Optional<String> value)
            throws IOException {
        out.writeStringField("name", setting.name());
        if (value.isPresent()) {
            out.writeStringField("value", value.get());
        }
        out.writeStringField("default", setting.fallback());
        out.writeStringField("meaning", setting.meaning());
    }
}
