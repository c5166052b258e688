package dev.mgit.cli.command.evidence;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.attest.Attestations;
import dev.mgit.hooks.attest.Checkpoints;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.sign.SigningKey;
import dev.mgit.lineage.sign.SigstoreBundle;
import dev.mgit.lineage.sign.Statement;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Signs versions. */
@Command(
        name = "sign",
        description = {
            "Sign a version's files as OpenSSF model signing does, from the digests recorded: no parameter is read. The "
                    + "signature is kept as a note and travels with push and fetch.",
            "--attest also signs how it was made (SLSA provenance, which binds the parents), what tests found, and what "
                    + "was noted later."
        })
public final class SignCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "REV", arity = "0..1", description = "The version.")
    private @Nullable String revision;

    @Mixin
    private final KeyOptions key = new KeyOptions();

    @Option(
            names = "--attest",
            paramLabel = "KIND",
            split = ",",
            description = "Also sign statements: provenance, tests, notes.")
    private final List<String> attested = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Also write the signature over the files to FILE, a Sigstore bundle.")
    private @Nullable Path output;

    @Option(
            names = "--checkpoint",
            paramLabel = "NAME",
            description = "Sign where all models, tags, notes and the operation log are now, instead of a version.")
    private @Nullable String checkpoint;

    @Option(names = "--log", description = "Sign the head of the operation log, instead of a version.")
    private boolean log;

    @Option(
            names = "--generate-key",
            paramLabel = "FILE",
            description = "Write a new key pair to FILE and FILE.pub, and sign nothing.")
    private @Nullable Path generated;

    @Mixin
    private final WaitOption wait = new WaitOption();

    SignCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (generated != null) {
            generate(context.resolve(generated));
            return 0;
        }
        if (checkpoint != null || log) {
            checkpoint(checkpoint == null ? Checkpoints.LOG : checkpoint);
            return 0;
        }
        if (revision == null) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "which version is to be signed?", "mgit sign REV --key FILE");
        }
        SigningKey signer = key.key(context);
        try (HookSession session = HookSession.open(context, wait)) {
            VersionId id = session.resolve(revision);
            var attestations = new Attestations(session.workspace());
            List<Statement> statements = new ArrayList<>(List.of(attestations.files(id)));
            statements.addAll(attestations.about(id, attested));
            if (output != null) {
                NewFile.requireNone(context.resolve(output));
            }
            List<SigstoreBundle> bundles = attestations.note(id, statements, signer);
            if (output != null) {
                NewFile.write(context.resolve(output), bundles.get(0).bytes());
            }
            for (Statement statement : statements) {
                context.output()
                        .line("Signed " + attestations.word(statement.predicateType()) + " of "
                                + session.session().name(id) + " as " + signer.name());
            }
        }
        return 0;
    }

    private void checkpoint(String name) throws IOException {
        if (revision != null) {
            throw MgitException.usage("a checkpoint is of everything; leave REV out");
        }
        SigningKey signer = key.key(context);
        try (HookSession session = HookSession.open(context, wait);
                GitExchange git = session.session().repository().exchange()) {
            new Checkpoints(session.workspace(), git).sign(name, signer);
            context.output().line("Signed checkpoint " + name + " as " + signer.name());
        }
    }

    private void generate(Path file) throws IOException {
        if (revision != null) {
            throw MgitException.usage("--generate-key signs nothing; leave REV out");
        }
        Path publicFile = file.resolveSibling(file.getFileName() + ".pub");
        NewFile.requireNone(file);
        NewFile.requireNone(publicFile);
        SigningKey.Pair pair = SigningKey.generate();
        NewFile.writeSecret(file, pair.privateKey());
        NewFile.write(publicFile, pair.publicKey().getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        context.output().line("Wrote " + file.getFileName() + " (keep it secret) and " + publicFile.getFileName());
    }
}
