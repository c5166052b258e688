package dev.mgit.cli.command.store;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.Table;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.Settings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads and writes settings. */
@Command(
        name = "config",
        description = {"Show all settings with their defaults, show one, or set one, in .mgit/config (Git's syntax)."})
public final class ConfigCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "KEY", arity = "0..1", description = "section.name")
    private @Nullable String key;

    @Parameters(index = "1", paramLabel = "VALUE", arity = "0..1", description = "Its new value.")
    private @Nullable String value;

    @Option(
            names = {"-l", "--list"},
            description = "Show every setting with its value, default and meaning; so does no KEY.")
    private boolean list;

    @Option(names = "--unset", description = "Remove KEY.")
    private boolean unset;

    @Mixin
    private final WaitOption wait = new WaitOption();

    @Mixin
    private final JsonOption json = new JsonOption();

    ConfigCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            Settings settings = session.repository().settings();
            if (list || key == null) {
                return list(settings);
            }
            if (unset || value != null) {
                return change(session, key);
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
    }

    /** Sets or removes a key, unless that would make the settings unusable. */
    private int change(Session session, String name) throws IOException {
        Settings settings = session.repository().settings();
        if (!unset) {
            KnownSettings.require(name).check().accept(settings.with(name, Objects.requireNonNull(value)));
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

    private int list(Settings settings) throws IOException {
        if (key != null) {
            throw MgitException.usage("give --list or a setting, not both");
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
                .forEach(setting -> table.row(
                        setting.name(),
                        settings.get(setting.name()).orElse(""),
                        setting.fallback(),
                        setting.meaning()));
        table.print();
        set.keySet().stream()
                .filter(name -> KnownSettings.all().stream()
                        .noneMatch(setting -> setting.name().equalsIgnoreCase(name)))
                .forEach(name -> context.output()
                        .note("'" + name + "' is set but unknown; 'mgit config --unset " + name + "' removes it"));
        return 0;
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
