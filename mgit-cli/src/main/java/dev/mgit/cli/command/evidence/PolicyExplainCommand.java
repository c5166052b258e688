package dev.mgit.cli.command.evidence;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Output.Style;
import dev.mgit.hooks.policy.PolicyGate;
import dev.mgit.hooks.policy.PolicyGate.Finding;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What each rule says of a version. */
@Command(name = "explain", description = "Show what each rule says of a version, and what to do where it is broken.")
public final class PolicyExplainCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "REV", description = "The version.")
    private String revision = "";

    @Mixin
    private final JsonOption json = new JsonOption();

    PolicyExplainCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (HookSession session = HookSession.open(context)) {
            var policy = new PolicyGate(session.workspace());
            if (!policy.hasPolicy()) {
                throw PolicyShowCommand.none();
            }
            VersionId id = session.resolve(revision);
            List<Finding> findings = policy.explain(id);
            if (json.wanted()) {
                FindingText.json(context, findings);
                return 0;
            }
            Output output = context.output();
            for (Finding finding : findings) {
                String verdict = !finding.concerned()
                        ? output.styled(Style.FAINT, "not concerned")
                        : finding.kept() ? output.styled(Style.GREEN, "kept") : output.styled(Style.RED, "broken");
                output.line(finding.rule() + ": " + verdict);
                finding.objections().forEach(objection -> output.line("  " + finding.name() + " " + objection));
                if (!finding.kept()) {
                    output.line("  to do: " + finding.advice());
                }
            }
        }
        return 0;
    }
}
