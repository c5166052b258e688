package dev.mgit.cli.command.evidence;

import dev.mgit.cli.console.Context;
import dev.mgit.hooks.policy.PolicyGate.Finding;
import java.io.IOException;
import java.util.List;

/** What a policy says, for programs. */
final class FindingText {
    private FindingText() {}

    static void json(Context context, List<Finding> findings) throws IOException {
        context.output().json(out -> {
            out.writeBooleanField("kept", findings.stream().allMatch(Finding::kept));
            out.writeArrayFieldStart("findings");
            for (Finding finding : findings) {
                out.writeStartObject();
                out.writeStringField("version", finding.version().hex());
                out.writeStringField("rule", finding.rule());
                out.writeBooleanField("concerned", finding.concerned());
                out.writeBooleanField("kept", finding.kept());
                out.writeArrayFieldStart("objections");
                for (String objection : finding.objections()) {
                    out.writeString(objection);
                }
                out.writeEndArray();
                out.writeStringField("advice", finding.advice());
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }
}
