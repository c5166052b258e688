package dev.mgit.cli.command.evidence;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.policy.PolicyGate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives the repository a policy. */
@Command(
        name = "init",
        description = "Make FILE the repository's policy; without FILE, one that asks for recipes and signed merges.")
public final class PolicyInitCommand implements Callable<Integer> {
    private static final String STARTER = """
            {
              "schema": 1,
              "rules": [
                {"rule": "recipe"},
                {"rule": "merges"}
              ],
              "keys": []
            }
            """;

    private final Context context;

    @Parameters(paramLabel = "FILE", arity = "0..1", description = "A policy in JSON.")
    private @Nullable Path file;

    @Option(names = "--force", description = "Replace the policy there is.")
    private boolean force;

    @Mixin
    private final WaitOption wait = new WaitOption();

    PolicyInitCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        byte[] json = file == null ? STARTER.getBytes(StandardCharsets.UTF_8) : new KeyFiles(context).read(file);
        try (HookSession session = HookSession.open(context, wait)) {
            var policy = new PolicyGate(session.workspace());
            if (policy.hasPolicy() && !force) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        "there is already a policy",
                        "'mgit policy show' prints it; replace it with --force");
            }
            policy.set(json, file == null ? "the policy" : file.toString());
            context.output().line("The policy is set; 'mgit policy check' holds the models against it");
        }
        return 0;
    }
}
