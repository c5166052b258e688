package dev.mgit.cli.command.hooks;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.hooks.event.HookEvent;
import dev.mgit.hooks.event.HookRegistration;
import dev.mgit.hooks.event.Hooks;
import dev.mgit.hooks.test.Selector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Registers a hook. */
@Command(
        name = "add",
        description = {
            "Register a hook, or replace the one of the same name.",
            "COMMAND runs in the repository's folder and finds a copy of the model's files in the folder MGIT_MODEL."
        })
final class HooksAdd implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "NAME", description = "The hook's name.")
    private String name = "";

    @Parameters(
            index = "1..*",
            paramLabel = "COMMAND",
            arity = "1..*",
            description = "After --, program and arguments.")
    private List<String> command = new ArrayList<>();

    @Option(
            names = "--event",
            paramLabel = "EVENT",
            required = true,
            description = "pre-commit (an exit code other than 0 refuses the version), post-commit or post-update.")
    private String event = "";

    @Option(
            names = "--on",
            paramLabel = "WHAT",
            description = "A model, a glob over names, kind:KIND of derivation, or all (the default).")
    private String on = "all";

    @Mixin
    private final JobOptions job = new JobOptions();

    @Mixin
    private final WaitOption wait = new WaitOption();

    HooksAdd(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (HookSession session = HookSession.open(context, wait)) {
            var hook = new HookRegistration(
                    name, HookEvent.parse(event), new Selector(on), job.limits(), job.shell(), command);
            new Hooks(session.workspace(), session.executor("local")).add(hook);
            context.output().line("Hook " + name + " on " + hook.event().word() + " of " + on);
        }
        return 0;
    }
}
