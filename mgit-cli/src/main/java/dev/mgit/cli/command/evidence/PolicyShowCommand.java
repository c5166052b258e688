package dev.mgit.cli.command.evidence;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.policy.PolicyGate;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Prints the policy. */
@Command(
        name = "show",
        description = "Print the policy, to edit and to set again with 'mgit policy init FILE --force'.")
public final class PolicyShowCommand implements Callable<Integer> {
    private final Context context;

    PolicyShowCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (HookSession session = HookSession.open(context)) {
            byte[] text = new PolicyGate(session.workspace()).text().orElseThrow(PolicyShowCommand::none);
            try (OutputStream out = context.output().json()) {
                out.write(text);
            }
        }
        return 0;
    }

    static MgitException none() {
        return new MgitException(
                MgitException.Kind.FAILED, "this repository has no policy", "set one with 'mgit policy init'");
    }
}
