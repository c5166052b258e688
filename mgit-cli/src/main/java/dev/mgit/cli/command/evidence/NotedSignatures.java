package dev.mgit.cli.command.evidence;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.hooks.attest.Attestations;
import dev.mgit.hooks.policy.PolicyGate;
import dev.mgit.lineage.query.Audit;
import dev.mgit.lineage.query.AuditReport.Signature;
import dev.mgit.lineage.sign.Signatures;
import dev.mgit.lineage.sign.Trust;
import java.util.Optional;

/** Signatures as an audit shows them, by whoever the settings and the policy let count. */
public final class NotedSignatures {
    private NotedSignatures() {}

    public static Optional<Audit.Signatures> of(Context context, HookSession hooks) {
        Trust trust = new KeyFiles(context).configuredTrust().and(new PolicyGate(hooks.workspace()).trust());
        var signatures = new Signatures(trust);
        var attestations = new Attestations(hooks.workspace());
        return Optional.of(version -> signatures.of(hooks.lineage(), version, attestations).stream()
                .map(result -> new Signature(
                        result.signer() + " (" + attestations.word(result.what())
                                + (result.known() ? "" : ", not a signer that counts here") + ")",
                        result.holds()))
                .toList());
    }
}
