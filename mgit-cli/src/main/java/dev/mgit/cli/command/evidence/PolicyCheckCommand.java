package dev.mgit.cli.command.evidence;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.policy.PolicyGate;
import dev.mgit.hooks.policy.PolicyGate.Finding;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The policy as a gate of continuous integration. */
@Command(name = "check", description = "Hold versions against the policy; exit with 4 if one breaks it.")
public final class PolicyCheckCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "REV", arity = "0..*", description = "Versions. Default: the newest of every model.")
    private final List<String> revisions = new ArrayList<>();

    @Mixin
    private final JsonOption json = new JsonOption();

    PolicyCheckCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (HookSession session = HookSession.open(context)) {
            var policy = new PolicyGate(session.workspace());
            if (!policy.hasPolicy()) {
                throw PolicyShowCommand.none();
            }
            List<VersionId> versions = revisions.isEmpty()
                    ? session.lineage().models().stream()
                            .map(Model::head)
                            .distinct()
                            .toList()
                    : revisions.stream().map(session::resolve).toList();
            List<Finding> objections = policy.objections(versions, PolicyGate.Stage.PUBLISHED);
            if (json.wanted()) {
                FindingText.json(context, objections);
                return objections.isEmpty() ? 0 : MgitException.Kind.GATE.exitCode();
            }
            for (Finding finding : objections) {
                finding.sentences().forEach(context.output()::line);
                context.output().line("  to do: " + finding.advice());
            }
            if (!objections.isEmpty()) {
                return MgitException.Kind.GATE.exitCode();
            }
            context.output().line("The policy is kept (versions checked: " + versions.size() + ")");
        }
        return 0;
    }
}
