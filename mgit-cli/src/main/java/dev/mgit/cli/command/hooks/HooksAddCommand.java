package dev.mgit.cli.command.hooks;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.hooks.commit.HookEvent;
import dev.mgit.hooks.commit.HookRegistration;
import dev.mgit.hooks.commit.Hooks;
import dev.mgit.hooks.modeltest.Selector;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Registers a hook. */
@Command(
        name = "add",
        description = {
            "Register a hook, or replace the one of the same name.",
            "COMMAND runs in the repository's folder; MGIT_MODEL is a folder with a copy of the model's files."
        })
final class HooksAddCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    private final RegisteredCommand registered = new RegisteredCommand();

    @Option(
            names = "--event",
            paramLabel = "EVENT",
            required = true,
            description = "pre-commit (a nonzero exit code refuses the version), post-commit or post-update.")
    private String event = "";

    @Option(
            names = "--on",
            paramLabel = "WHAT",
            description = "A model, a glob over model names, kind:KIND for a kind of derivation, or all (the default).")
    private String on = "all";

    @Mixin
    private final WaitOption wait = new WaitOption();

    HooksAddCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (HookSession session = HookSession.open(context, wait)) {
            var hook = new HookRegistration(
                    registered.name(),
                    HookEvent.parse(event),
                    new Selector(on),
                    registered.limits(),
                    registered.shell(),
                    registered.command());
            new Hooks(session.workspace(), session.localExecutor()).add(hook);
            context.output()
                    .line("Hook " + registered.name() + " on " + hook.event().word() + " of " + on);
        }
        return 0;
    }
}
