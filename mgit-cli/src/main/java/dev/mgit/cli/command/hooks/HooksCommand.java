package dev.mgit.cli.command.hooks;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Table;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.commit.HookRegistration;
import dev.mgit.hooks.commit.Hooks;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Commands that run on events, and what may run at all. */
@Command(
        name = "hooks",
        subcommands = {HooksAddCommand.class, HooksTrustCommand.class},
        description = {
            "Register commands that run when versions are added, and approve what may run here.",
            "pre-commit hooks can refuse a version; post-commit and post-update hooks run after it is stored."
        })
public final class HooksCommand {
    private final Context context;

    HooksCommand(Context context) {
        this.context = context;
    }

    private static Hooks hooks(HookSession session) {
        return new Hooks(session.workspace(), session.localExecutor());
    }

    @Command(name = "list", description = "List the registered hooks.")
    int list(@Mixin JsonOption json) throws IOException {
        try (HookSession session = HookSession.open(context)) {
            Hooks hooks = hooks(session);
            if (json.wanted()) {
                Records.print(
                        context,
                        JsonMembers.of(
                                "schema",
                                1,
                                "hooks",
                                hooks.list().stream()
                                        .map(hook -> Records.with(hook.toJson(), "trusted", hooks.trusted(hook)))
                                        .toList()));
                return 0;
            }
            Table table = context.output().table("Hook", "Event", "On", "Command");
            for (HookRegistration hook : hooks.list()) {
                table.row(
                        hook.name() + (hooks.trusted(hook) ? "" : " (not trusted)"),
                        hook.event().word(),
                        hook.on().text(),
                        Records.line(hook.command()));
            }
            table.print();
            Records.hintIfInert(context, hooks.list().stream().allMatch(hooks::trusted));
        }
        return 0;
    }

    @Command(name = "show", description = "Show a hook's definition.")
    int show(@Parameters(paramLabel = "NAME", description = "The hook.") String name, @Mixin JsonOption json)
            throws IOException {
        try (HookSession session = HookSession.open(context)) {
            Hooks hooks = hooks(session);
            HookRegistration hook = hooks.get(name);
            if (json.wanted()) {
                Records.print(context, Records.with(hook.toJson(), "trusted", hooks.trusted(hook)));
            } else {
                Records.print(context, hook.toJson());
                Records.hintIfInert(context, hooks.trusted(hook));
            }
        }
        return 0;
    }

    @Command(name = "rm", description = "Remove a hook.")
    int rm(@Parameters(paramLabel = "NAME", description = "The hook.") String name, @Mixin WaitOption wait)
            throws IOException {
        try (HookSession session = HookSession.open(context, wait)) {
            hooks(session).remove(name);
            context.output().line("Removed hook " + name);
        }
        return 0;
    }
}
