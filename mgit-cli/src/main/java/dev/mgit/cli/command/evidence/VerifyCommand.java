package dev.mgit.cli.command.evidence;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.attest.Attestations;
import dev.mgit.hooks.attest.Checkpoints;
import dev.mgit.hooks.policy.PolicyGate;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.git.GitSignature;
import dev.mgit.lineage.sign.Signatures;
import dev.mgit.lineage.sign.SigstoreBundle;
import dev.mgit.lineage.sign.Trust;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks signatures. */
@Command(
        name = "verify",
        description = {
            "Check the signatures over a version, or over a folder of model files by a signature in OpenSSF's format.",
            "Exits with 6 if one does not hold or none is by a key that counts, with 1 if there is none."
        })
public final class VerifyCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "REV", arity = "0..1", description = "The version.")
    private @Nullable String revision;

    @Option(names = "--folder", paramLabel = "DIR", description = "Check the files in DIR by --signature.")
    private @Nullable Path folder;

    @Option(
            names = {"--signature", "--bundle"},
            paramLabel = "FILE",
            description = "A signature kept in a file, a Sigstore bundle.")
    private @Nullable Path signature;

    @Option(
            names = "--checkpoint",
            paramLabel = "NAME",
            description = "Check that nothing signed by this checkpoint was rewritten or removed since.")
    private @Nullable String checkpoint;

    @Option(names = "--log", description = "The same with what 'mgit sign --log' signed.")
    private boolean log;

    @Mixin
    private final TrustOptions options = new TrustOptions();

    @Mixin
    private final JsonOption json = new JsonOption();

    VerifyCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (folder != null) {
            return folder(folder);
        }
        if (checkpoint != null || log) {
            return checkpoint(checkpoint == null ? Checkpoints.LOG : checkpoint);
        }
        if (revision == null) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "what is to be verified?",
                    "mgit verify REV, or mgit verify --folder DIR --signature FILE --key FILE");
        }
        try (HookSession session = HookSession.open(context)) {
            Trust trust = options.trust(context, new PolicyGate(session.workspace()).trust());
            VersionId id = session.resolve(revision);
            var attestations = new Attestations(session.workspace());
            var signatures = new Signatures(trust);
            List<Signatures.Result> results = signature == null
                    ? noted(session, id, signatures, attestations)
                    : List.of(signatures.of(session.lineage(), id, bundle(signature), attestations));
            return new SignatureText(context, attestations::word)
                    .report(session.session().name(id), results, json.wanted());
        }
    }

    /** Signatures in notes, then those of Git's own. */
    private List<Signatures.Result> noted(
            HookSession session, VersionId id, Signatures signatures, Attestations attestations) throws IOException {
        List<Signatures.Result> results = new ArrayList<>(signatures.of(session.lineage(), id, attestations));
        try (GitExchange git = session.session().repository().exchange()) {
            var check = new GitSignatureCheck(context);
            for (GitSignature signed : git.signatures(id)) {
                results.add(check.check(signed));
            }
        }
        return results;
    }

    private int checkpoint(String name) throws IOException {
        try (HookSession session = HookSession.open(context);
                GitExchange git = session.session().repository().exchange()) {
            Trust trust = options.trust(context, new PolicyGate(session.workspace()).trust());
            Checkpoints.Report report = new Checkpoints(session.workspace(), git).check(name, trust);
            List<String> faults = new ArrayList<>(report.faults());
            if (log && !report.logHere()) {
                faults.add("the operation log here has no record of the head that was signed");
            }
            if (json.wanted()) {
                context.output().json(out -> {
                    out.writeStringField("checkpoint", name);
                    out.writeBooleanField("verified", faults.isEmpty());
                    out.writeStringField("signer", report.signer());
                    out.writeStringField("when", report.when().toString());
                    out.writeBooleanField("log", report.logHere());
                    out.writeArrayFieldStart("faults");
                    for (String fault : faults) {
                        out.writeString(fault);
                    }
                    out.writeEndArray();
                });
                return faults.isEmpty() ? 0 : MgitException.Kind.INTEGRITY.exitCode();
            }
            if (!faults.isEmpty()) {
                throw new MgitException(
                        MgitException.Kind.INTEGRITY,
                        "since checkpoint '" + name + "' of " + report.when() + ": " + String.join("; ", faults),
                        "'mgit op log' lists what was done here");
            }
            context.output()
                    .line("checkpoint " + name + " of " + report.when() + ", signed by " + report.signer() + ": "
                            + report.references() + " references, none rewritten"
                            + (report.logHere()
                                    ? "; the operation log has its record"
                                    : "; its record is not in the operation log here"));
        }
        return 0;
    }

    private int folder(Path typed) throws IOException {
        if (revision != null || signature == null) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    revision != null ? "verify a version or a folder, not both" : "by which signature?",
                    "mgit verify --folder DIR --signature FILE --key FILE");
        }
        Path real = context.resolve(typed);
        var result = new Signatures(options.trust(context, Trust.none()))
                .of(real, bundle(signature), context.resolve(signature));
        return new SignatureText(context, type -> result.isOfFiles() ? "files" : type)
                .report(typed.toString(), List.of(result), json.wanted());
    }

    private SigstoreBundle bundle(Path typed) throws IOException {
        Path file = context.resolve(typed);
        if (!Files.isRegularFile(file)) {
            throw MgitException.usage("there is no file " + typed);
        }
        if (Files.size(file) > SigstoreBundle.MAX_BYTES) {
            throw MgitException.integrity(typed + " is too large for a signature");
        }
        return SigstoreBundle.parse(Files.readAllBytes(file), typed.toString());
    }
}
