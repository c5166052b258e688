package dev.mgit.cli.console;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.version.EdgeKind;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** {@code --from}, mixed into commands that make versions. */
public final class FromOption {
    @Option(
            names = "--from",
            paramLabel = "REV[=KIND]",
            description = "A parent version and how the model was derived from it: finetune (default), "
                    + "continue-pretrain, distill, prune, quantize, cast, convert, adapter, merge, search, rl, copy, "
                    + "other. Repeatable.")
    private List<String> from = new ArrayList<>();

    /** @throws MgitException of kind USAGE if a version or kind does not exist, or a version is given twice */
    public List<CommitRequest.Origin> origins(Session session) {
        return origins(session, EdgeKind.FINETUNE);
    }

    /**
     * The same where something else is known of how the model was derived.
     *
     * @param unsaid the kind of a version given without
     */
    public List<CommitRequest.Origin> origins(Session session, EdgeKind unsaid) {
        List<CommitRequest.Origin> origins = new ArrayList<>();
        for (String origin : from) {
            int equals = origin.lastIndexOf('=');
            String revision = equals < 0 ? origin : origin.substring(0, equals);
            EdgeKind kind = equals < 0 ? unsaid : EdgeKind.parse(origin.substring(equals + 1));
            origins.add(new CommitRequest.Origin(session.resolve(revision), kind));
        }
        if (origins.stream().map(CommitRequest.Origin::version).distinct().count() < origins.size()) {
            throw MgitException.usage("--from names the same version twice");
        }
        return origins;
    }
}
