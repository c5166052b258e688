package dev.mgit.cli.command.evidence;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes evidence that lasts. */
@Command(
        name = "bundle",
        description = {
            "Write a version's lineage to one file: all it was made from back to the roots, manifests, notes, signatures, "
                    + "statements and the policy, without parameters.",
            "'mgit verify-bundle' checks it where there is no repository; 'git clone' reads it, too."
        })
public final class BundleCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "REV", description = "The version.")
    private String revision = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            required = true,
            description = "The file to write; it must not exist.")
    private @Nullable Path output;

    BundleCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (output == null) {
            throw MgitException.usage("where to?");
        }
        Path file = context.resolve(output);
        NewFile.requireNone(file);
        try (Session session = Session.open(context);
                ScratchFolder scratch = ScratchFolder.create()) {
            VersionId id = session.resolve(revision);
            Path whole = scratch.path().resolve("bundle");
            try (GitExchange exchange = session.repository().exchange();
                    OutputStream out = Files.newOutputStream(whole)) {
                exchange.writeBundle(id, scratch.path().resolve("git"), out);
            }
            NewFile.copy(whole, file);
            context.output().line("Wrote the lineage of " + session.name(id) + ", " + Output.bytes(Files.size(file)));
        }
        return 0;
    }
}
