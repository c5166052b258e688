package dev.mgit.lineage.remote;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.repository.MissingParameters;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Brings what a command is about to read and a fetch left at a remote. */
public final class LazyParameters implements MissingParameters {
    private final Exchange exchange;
    private final List<Remote> remotes;

    private LazyParameters(Exchange exchange, List<Remote> remotes) {
        this.exchange = exchange;
        this.remotes = remotes;
    }

    /** Empty if every fetch of this repository brings all parameters. */
    public static Optional<MissingParameters> of(Exchange exchange, Remotes remotes) {
        List<Remote> partial = remotes.list().stream()
                .filter(remote -> remote.isPartial() && remote.store().isPresent())
                .toList();
        return partial.isEmpty() ? Optional.empty() : Optional.of(new LazyParameters(exchange, partial));
    }

    @Override
    public void bring(Map<ObjectId, Long> objects) throws IOException {
        Map<ObjectId, Long> missing = RemoteParameters.missing(exchange.repository(), objects);
        for (int i = 0; i < remotes.size() && !missing.isEmpty(); i++) {
            try (RemoteParameters parameters =
                    RemoteParameters.open(exchange, remotes.get(i)).orElseThrow()) {
                parameters.bring(missing);
                return;
            } catch (MgitException e) {
                // Another remote may have it.
                if (e.kind() != MgitException.Kind.REMOTE || i + 1 == remotes.size()) {
                    throw e;
                }
            }
        }
    }
}
