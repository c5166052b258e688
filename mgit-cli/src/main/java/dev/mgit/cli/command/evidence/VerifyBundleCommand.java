package dev.mgit.cli.command.evidence;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.attest.BundleCheck;
import dev.mgit.hooks.maintain.NoteFormats;
import dev.mgit.hooks.policy.PolicyGate;
import dev.mgit.hooks.policy.PolicyGate.Finding;
import dev.mgit.lineage.git.LineageBundle;
import dev.mgit.lineage.sign.Signatures;
import dev.mgit.lineage.sign.Trust;
import dev.mgit.lineage.verify.Contradictions;
import dev.mgit.lineage.version.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks evidence where there is no repository. */
@Command(
        name = "verify-bundle",
        description = {
            "Check a file that 'mgit bundle' wrote, without a repository: every hash, the ancestry to the roots, whether "
                    + "trailers, parents, records and recipes agree, the signatures, the policy, and model files if "
                    + "there are any.",
            "Exits with 6 if anything disagrees, or if --key is given and the version is not signed by it."
        })
public final class VerifyBundleCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "FILE", description = "The bundle.")
    private Path file = Path.of("");

    @Option(names = "--folder", paramLabel = "DIR", description = "Also check the model's files in DIR.")
    private @Nullable Path folder;

    @Mixin
    private final TrustOptions options = new TrustOptions();

    @Mixin
    private final JsonOption json = new JsonOption();

    VerifyBundleCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Path real = context.resolve(file);
        if (!Files.isRegularFile(real)) {
            throw MgitException.usage("there is no file " + file);
        }
        Trust trust = options.trust(context, Trust.none());
        try (ScratchFolder scratch = ScratchFolder.create();
                LineageBundle bundle = LineageBundle.open(real, scratch.path().resolve("git"))) {
            var contradictions = new Contradictions(NoteFormats.rules().checks());
            var check = new BundleCheck(
                    bundle.lineage(), scratch.path(), version -> contradictions.in(bundle.stored(version)));
            BundleCheck.Report report = check.run(
                    bundle.subject(), trust, Optional.ofNullable(folder).map(context::resolve));
            Version subject = bundle.lineage().version(bundle.subject());
            List<String> faults = new ArrayList<>(report.faults());
            boolean vouched = report.signatures().getOrDefault(subject, List.of()).stream()
                    .anyMatch(result -> result.holds() && result.isOfFiles());
            if (options.given() && !vouched) {
                faults.add(BundleCheck.name(subject) + " is not signed by the key or certificate given");
            }
            List<Finding> policy = new PolicyGate(check.workspace()).explain(bundle.subject());
            if (json.wanted()) {
                json(report, subject, vouched, policy, faults);
                return faults.isEmpty() ? 0 : MgitException.Kind.INTEGRITY.exitCode();
            }
            if (!faults.isEmpty()) {
                throw new MgitException(
                        MgitException.Kind.INTEGRITY, String.join("; ", faults), "do not use it before you know why");
            }
            print(check, report, subject, vouched, policy);
        }
        return 0;
    }

    private void print(
            BundleCheck check, BundleCheck.Report report, Version subject, boolean vouched, List<Finding> policy) {
        context.output().line(BundleCheck.name(subject) + " " + subject.id().hex());
        context.output()
                .line("  " + report.versions() + " versions back to "
                        + String.join(
                                ", ",
                                report.roots().stream().map(BundleCheck::name).toList()));
        report.signatures().forEach((version, results) -> {
            for (Signatures.Result result : results) {
                context.output()
                        .line("  " + BundleCheck.name(version) + ": " + check.word(result.what()) + " signed by "
                                + result.signer() + (result.known() ? "" : " (not checked: not a key given)"));
            }
        });
        for (Finding finding : policy) {
            finding.sentences().forEach(sentence -> context.output().line("  against its policy: " + sentence));
        }
        context.output().line("Every hash agrees" + (folder == null ? "" : ", and so do the files in " + folder) + ".");
        if (!vouched) {
            context.output().note("nobody whose signatures count here vouches for it; give a key with --key");
        }
    }

    private void json(
            BundleCheck.Report report, Version subject, boolean vouched, List<Finding> policy, List<String> faults)
            throws IOException {
        context.output().json(out -> {
            out.writeStringField("version", subject.id().hex());
            out.writeStringField("model", subject.model());
            out.writeNumberField("versions", report.versions());
            out.writeBooleanField("verified", faults.isEmpty());
            out.writeBooleanField("signed", vouched);
            out.writeArrayFieldStart("faults");
            for (String fault : faults) {
                out.writeString(fault);
            }
            out.writeEndArray();
            out.writeArrayFieldStart("policy");
            for (Finding finding : policy) {
                for (String sentence : finding.sentences()) {
                    out.writeString(sentence);
                }
            }
            out.writeEndArray();
        });
    }
}
