package dev.mgit.cli.command.hooks;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.RunSettings;
import dev.mgit.hooks.Trust;
import dev.mgit.hooks.event.Automation;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.Executors;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The settings of hooks, updates and executors. */
public final class HookSettings {
    private HookSettings() {}

    /** @throws MgitException of kind USAGE if one of them cannot be read */
    public static void check(Function<String, Optional<String>> setting) {
        var unusedMode = Automation.mode(setting);
        var unusedJobs = jobs(setting);
        try (Executor executor = Executors.create(Executors.configured(setting), setting, Map.of())) {
            var unused = executor.queues();
        }
    }

    /** A setting that decides what runs is trusted by whoever sets it here. */
    public static void trust(Context context, Session session, String key, String value) {
        if (RunSettings.decides(key)) {
            try (HookSession hooks = HookSession.within(context, session, new WaitOption())) {
                new Trust(hooks.workspace().trusted()).accept(RunSettings.item(RunSettings.canonical(key), value));
            }
        }
    }

    /** How many commands of an update run at once, unless told. */
    public static int jobs(Function<String, Optional<String>> setting) {
        String text = setting.apply("update.jobs").orElse("1");
        if (!text.matches("[1-9][0-9]{0,5}")) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "update.jobs is '" + text + "'", "mgit config update.jobs 2");
        }
        return Integer.parseInt(text);
    }
}
