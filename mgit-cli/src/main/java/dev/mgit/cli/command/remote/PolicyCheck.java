package dev.mgit.cli.command.remote;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.hooks.policy.PolicyGate;
import dev.mgit.lineage.version.VersionId;
import java.util.List;
import java.util.function.Consumer;

/** Holds versions that go to a remote, or come from one, against this repository's policy. */
final class PolicyCheck {
    private PolicyCheck() {}

    static Consumer<List<VersionId>> of(Context context, Session session) {
        return versions -> {
            if (versions.isEmpty()) {
                return;
            }
            try (HookSession hooks = HookSession.within(context, session, new WaitOption())) {
                new PolicyGate(hooks.workspace()).require(versions, PolicyGate.Stage.PUBLISHED);
            }
        };
    }
}
