package dev.mgit.lineage.remote;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.repository.MissingParameters;
import dev.mgit.lineage.version.NeededObjects;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Brings what a command is about to read and a fetch left at a remote: one of a part, or one that has not come to its end. */
public final class LazyParameters implements MissingParameters {
    private final Exchange exchange;
    private final List<Remote> remotes;

    private LazyParameters(Exchange exchange, List<Remote> remotes) {
        this.exchange = exchange;
        this.remotes = remotes;
    }

    /** Empty if no remote has a store. */
    public static Optional<MissingParameters> of(Exchange exchange, Remotes remotes) {
        List<Remote> stores = remotes.list().stream()
                .filter(remote -> remote.store().isPresent())
                .toList();
        return stores.isEmpty() ? Optional.empty() : Optional.of(new LazyParameters(exchange, stores));
    }

    @Override
    public void bring(Map<ObjectId, Long> objects) throws IOException {
        Map<ObjectId, Long> missing = RemoteParameters.missing(exchange.repository(), objects);
        if (missing.isEmpty()) {
            return;
        }
        List<Remote> asked = asked(missing);
        for (int i = 0; i < asked.size(); i++) {
            try (RemoteParameters parameters =
                    RemoteParameters.open(exchange, asked.get(i)).orElseThrow()) {
                parameters.bring(missing);
                return;
            } catch (MgitException e) {
                // Another remote may have it.
                if (e.kind() != MgitException.Kind.REMOTE || i + 1 == asked.size()) {
                    throw e;
                }
            }
        }
    }

    /** What was here and is lost is for fsck to say; only where all of it is promised are all remotes asked. */
    private List<Remote> asked(Map<ObjectId, Long> missing) {
        Set<ObjectId> promised = NeededObjects.of(
                        exchange.repository().lineage(), PromisedVersions.of(exchange.repository()))
                .keySet();
        return promised.containsAll(missing.keySet())
                ? remotes
                : remotes.stream().filter(Remote::isPartial).toList();
    }
}
