package dev.mgit.cli.command.hooks;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Table;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.hooks.modeltest.TestRegistry;
import java.io.IOException;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Tests of models. */
@Command(
        name = "test",
        subcommands = {TestAddCommand.class, TestRunCommand.class, TestReportCommand.class},
        description = {
            "Register commands that evaluate versions, run them and compare results.",
            "Tests are versioned with the repository; results are stored with the versions."
        })
public final class TestCommand {
    private final Context context;

    TestCommand(Context context) {
        this.context = context;
    }

    @Command(name = "list", description = "List the registered tests.")
    int list(@Mixin JsonOption json) throws IOException {
        try (HookSession session = HookSession.open(context)) {
            var registry = new TestRegistry(session.workspace());
            if (json.wanted()) {
                Records.print(
                        context,
                        JsonMembers.of(
                                "schema",
                                1,
                                "tests",
                                registry.list().stream()
                                        .map(test -> json(registry, test))
                                        .toList()));
                return 0;
            }
            Table table = context.output().table("Test", "On", "Event", "Metrics", "Command");
            for (TestDefinition test : registry.list()) {
                table.row(
                        test.name() + (registry.trusted(test) ? "" : " (not trusted)"),
                        test.on().text(),
                        test.event().word(),
                        test.metrics().stream().map(String::valueOf).collect(Collectors.joining(" ")),
                        Records.line(test.command()));
            }
            table.print();
            Records.hintIfInert(context, registry.list().stream().allMatch(registry::trusted));
        }
        return 0;
    }

    @Command(name = "show", description = "Show a test's definition.")
    int show(@Parameters(paramLabel = "NAME", description = "The test.") String name, @Mixin JsonOption json)
            throws IOException {
        try (HookSession session = HookSession.open(context)) {
            var registry = new TestRegistry(session.workspace());
            TestDefinition test = registry.get(name);
            if (json.wanted()) {
                Records.print(context, json(registry, test));
            } else {
                Records.print(context, test.toJson());
                Records.hintIfInert(context, registry.trusted(test));
            }
        }
        return 0;
    }

    private static JsonObject json(TestRegistry registry, TestDefinition test) {
        return Records.with(test.toJson(), "trusted", registry.trusted(test));
    }

    @Command(name = "rm", description = "Remove a test. Its results stay with the versions.")
    int rm(@Parameters(paramLabel = "NAME", description = "The test.") String name, @Mixin WaitOption wait)
            throws IOException {
        try (HookSession session = HookSession.open(context, wait)) {
            new TestRegistry(session.workspace()).remove(name);
            context.output().line("Removed test " + name);
        }
        return 0;
    }
}
