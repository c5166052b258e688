package dev.mgit.cli.command.evidence;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.sign.Signatures;
import dev.mgit.lineage.sign.Signatures.Result;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Says what came of checking signatures. */
final class SignatureText {
    private final Context context;
    private final UnaryOperator<String> word;

    /** @param word what a predicate type is called */
    SignatureText(Context context, UnaryOperator<String> word) {
        this.context = context;
        this.word = word;
    }

    /**
     * @return the exit code
     * @throws MgitException if the signatures do not make what they are over trustworthy, and nobody wants JSON
     */
    int report(String name, List<Result> results, boolean json) throws IOException {
        Optional<MgitException> verdict = verdict(name, results);
        if (json) {
            context.output().json(out -> {
                out.writeStringField("subject", name);
                out.writeBooleanField("verified", verdict.isEmpty());
                out.writeArrayFieldStart("signatures");
                for (Result result : results) {
                    out.writeStartObject();
                    out.writeStringField("of", word.apply(result.what()));
                    out.writeStringField("signer", result.signer());
                    out.writeBooleanField("checked", result.known());
                    out.writeBooleanField("valid", result.holds());
                    out.writeArrayFieldStart("faults");
                    for (String fault : result.faults()) {
                        out.writeString(fault);
                    }
                    out.writeEndArray();
                    out.writeEndObject();
                }
                out.writeEndArray();
            });
            return verdict.map(failure -> failure.kind().exitCode()).orElse(0);
        }
        if (verdict.isPresent()) {
            throw verdict.get();
        }
        results.stream()
                .filter(Result::holds)
                .forEach(result -> context.output()
                        .line(name + ": " + word.apply(result.what()) + " signed by " + result.signer()));
        results.stream()
                .filter(result -> !result.known())
                .forEach(result -> context.output()
                        .line(name + ": " + word.apply(result.what()) + " signed by " + result.signer()
                                + ", which does not count here"));
        context.output().line(context.output().styled(Output.Style.GREEN, name + " verifies"));
        return 0;
    }

    private Optional<MgitException> verdict(String name, List<Result> results) {
        Optional<Result> broken = Signatures.broken(results).stream().findFirst();
        if (broken.isPresent()) {
            Result result = broken.get();
            return Optional.of(new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "the signature over " + word.apply(result.what()) + " of " + name + " by " + result.signer()
                            + " does not hold: " + String.join("; ", result.faults()),
                    "do not use it before you know why"));
        }
        if (results.stream().anyMatch(result -> result.holds() && result.isOfVersion())) {
            return Optional.empty();
        }
        Optional<Result> unknown =
                results.stream().filter(result -> !result.known()).findFirst();
        return Optional.of(
                unknown.isPresent()
                        ? new MgitException(
                                MgitException.Kind.INTEGRITY,
                                name + " is signed by " + unknown.get().signer()
                                        + ", and by none whose signatures count here",
                                "name the public key with --key or the root with --certificate-root, or trust it for"
                                        + " good with 'mgit config --global sign.trust FILE'")
                        : new MgitException(
                                MgitException.Kind.FAILED,
                                name
                                        + (results.isEmpty()
                                                ? " is not signed"
                                                : " has statements, but its files are not signed"),
                                "mgit sign REV --key FILE"));
    }
}
